// Parts of a whole for each category, the parts named in a legend above, worst at the bottom.
import { base, categoryAxis, number, tooltip, valueAxis } from './axes.js'
import { counted, word } from '../../js/words.js'

const named = { fatal: 'severity-fatal', serious: 'severity-serious', slight: 'severity-slight', damage: 'severity-damage', red: 'red-dot', amber: 'amber-dot', green: 'green-dot', blue: 'blue-dot', grey: 'grey-dot' }
const others = ['#5f83bf', '#8fa3c0', '#b9c6da', '#d5dde9']

export function stack(options, colour, width) {
  const { categories, series, unit = '', links, horizontal } = options
  const paint = (part, place) => (part.colour && named[part.colour] ? colour[named[part.colour]] : others[place % others.length])
  const category = categoryAxis(colour, categories, horizontal ? { inverse: true } : {})
  const value = valueAxis(colour, horizontal ? '' : unit)
  const total = (place) => series.reduce((sum, part) => sum + (part.values[place] ?? 0), 0)
  const words = (points) => {
    const place = points[0].dataIndex
    const parts = points.map(({ seriesName, value: count }) => `${seriesName} ${number(count)}${unit}`)
    return [categories[place], ...parts, `${word('合计')} ${counted(number(total(place)), unit)}`, links?.[place] ? word('点击查看明细') : ''].filter(Boolean).join('\n')
  }
  return {
    ...base(colour),
    tooltip: tooltip(colour, words),
    xAxis: horizontal ? value : category,
    yAxis: horizontal ? category : value,
    series: series.map((part, place) => ({
      type: 'bar',
      name: part.label,
      stack: 'all',
      data: part.values,
      barMaxWidth: 34,
      barCategoryGap: '42%',
      cursor: links ? 'pointer' : 'default',
      itemStyle: { color: paint(part, place) },
      label: place === series.length - 1 && width / categories.length > 34
        ? { show: true, position: horizontal ? 'right' : 'top', color: colour['text-2'], fontSize: 11, formatter: ({ dataIndex }) => number(total(dataIndex)) }
        : { show: false },
    })),
  }
}
