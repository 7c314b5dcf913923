// A series over time: this year in the accent with its name at the end, last year as a thin grey line, the target dashed.
import { base, categoryAxis, comparison, number, tooltip, valueAxis } from './axes.js'
import { word } from '../../js/words.js'

/** The interval as a pale band: an unseen line at the low end, the difference filled on top of it. */
function band({ low, high }, colour) {
  const plain = { type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 } }
  return [
    { ...plain, data: low },
    { ...plain, data: high.map((top, place) => (top === null ? null : top - low[place])), areaStyle: { color: colour['chart-now'], opacity: 0.1 } },
  ]
}

const named = (words, colour, weight = 400) => ({ show: true, formatter: words, color: colour, fontSize: 12, fontWeight: weight, distance: 6 })

export function series(options, colour, width) {
  const { categories, current, previous, target, low, unit, labels = {}, unfinished = [], links } = options
  const now = {
    type: 'line',
    data: current.map((value, place) => (unfinished.includes(place) ? { value, symbol: 'emptyCircle', symbolSize: 9 } : value)),
    z: 5,
    symbol: 'circle',
    symbolSize: categories.length > 40 ? 3 : 6,
    cursor: links ? 'pointer' : 'default',
    triggerLineEvent: false,
    connectNulls: false,
    lineStyle: { color: colour['chart-now'], width: 2.2 },
    itemStyle: { color: colour['chart-now'] },
    endLabel: named(labels.current ?? word('今年'), colour['chart-now'], 600),
    labelLayout: { moveOverlap: 'shiftY' },
    label: { show: width / categories.length > 44 && !low, position: 'top', color: colour.text, fontSize: 11, formatter: ({ value }) => number(value) },
    ...(target !== undefined && target !== null && {
      markLine: {
        silent: true,
        symbol: 'none',
        data: [{ yAxis: target }],
        lineStyle: { color: colour['amber-dot'], type: 'dashed', width: 1.4 },
        label: { formatter: `${labels.target ?? word('目标')} ${number(target)}`, position: 'insideStartTop', color: colour['amber-dot'], fontSize: 11 },
      },
    }),
  }
  const before = previous && {
    type: 'line',
    data: previous,
    silent: true,
    symbol: 'none',
    lineStyle: { color: colour['chart-before'], width: 1.2 },
    itemStyle: { color: colour['chart-before'] },
    endLabel: named(labels.previous ?? word('上年'), colour['text-3']),
    labelLayout: { moveOverlap: 'shiftY' },
  }
  return {
    ...base(colour),
    grid: { left: 8, right: 56, top: 26, bottom: 4, containLabel: true },
    tooltip: tooltip(colour, (points) => comparison(options)(points)),
    xAxis: categoryAxis(colour, categories, { boundaryGap: false }),
    yAxis: valueAxis(colour, unit, target ? { max: ({ max }) => (max < target ? Math.ceil(target * 1.1) : null) } : {}),
    series: [...(low ? band(options, colour) : []), before, now].filter(Boolean),
  }
}
