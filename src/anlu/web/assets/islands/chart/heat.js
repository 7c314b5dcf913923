// Hour × weekday and the like: the one ramp, numbers in the fuller cells, a click opens the cell's rows.
import { base, number, tooltip } from './axes.js'
import { counted, word } from '../../js/words.js'

export function heat({ rows, columns, values, unit = '', links }, colour, width) {
  const top = Math.max(1, ...values.flat())
  const ramp = [1, 2, 3, 4, 5, 6].map((level) => colour[`ramp-${level}`])
  const roomy = (width - 60) / columns.length > 19
  const cell = (value, x, y) => ({
    value: [x, y, value],
    label: { show: roomy && value >= top * 0.4, color: value > top * 0.66 ? '#fff' : '#2b1600', fontSize: 11 },
    ...(value === 0 && { itemStyle: { color: colour['grey-soft'] } }),
  })
  const axis = { type: 'category', axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: colour['text-2'], fontSize: 11 } }
  return {
    ...base(colour),
    grid: { left: 8, right: 8, top: 24, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltip(colour, ({ value: [x, y, count] }) => `${rows[y]} ${word('{n}时', { n: columns[x] })}\n${counted(number(count), unit)}${links?.[y]?.[x] ? `\n${word('点击查看明细')}` : ''}`, 'item'),
    },
    xAxis: { ...axis, data: columns, position: 'top' },
    yAxis: { ...axis, data: rows, inverse: true },
    visualMap: { show: false, min: 0, max: top, inRange: { color: ramp } },
    series: [{
      type: 'heatmap',
      cursor: links ? 'pointer' : 'default',
      data: values.flatMap((row, y) => row.map((value, x) => cell(value, x, y))),
      itemStyle: { borderColor: colour.surface, borderWidth: 1.5, borderRadius: 3 },
      label: { formatter: ({ value }) => String(value[2]) },
      emphasis: { itemStyle: { borderColor: colour.text, borderWidth: 1.5 } },
    }],
  }
}
