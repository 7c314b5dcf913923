// Bars of this year; last year as a thin grey line (ordered categories), a grey stroke across each bar, or a thin grey bar
// below it where bars lie (a stroke would cross the numbers); intervals as whiskers.
import { base, categoryAxis, comparison, hatch, number, tooltip, valueAxis } from './axes.js'

/** A short stroke across the band of a category at last year's value. */
function strokes(options, colour) {
  const across = options.horizontal
  return {
    type: 'custom',
    silent: true,
    z: 1,
    encode: across ? { x: 1, y: 0 } : { x: 0, y: 1 },
    data: options.previous.map((value, place) => [place, value]),
    renderItem(_, api) {
      if (Number.isNaN(api.value(1))) return null
      const [x, y] = api.coord(across ? [api.value(1), api.value(0)] : [api.value(0), api.value(1)])
      const half = api.size([1, 1])[across ? 1 : 0] * 0.38
      const shape = across ? { x1: x, x2: x, y1: y - half, y2: y + half } : { x1: x - half, x2: x + half, y1: y, y2: y }
      return { type: 'line', shape, style: { stroke: colour['chart-before'], lineWidth: 2.5 } }
    },
  }
}

/** Both numbers at the end of the longer bar: this year's dark, last year's grey like its bar. */
function bothNumbers({ current, previous }, colour) {
  return {
    formatter: ({ dataIndex }) => `{now|${number(current[dataIndex])}} {before|${number(previous[dataIndex])}}`,
    rich: { now: { color: colour.text, fontSize: 11 }, before: { color: colour['text-3'], fontSize: 11 } },
  }
}

/** Last year's as a thin bar below this year's. */
function below({ current, previous }, colour, label) {
  return {
    type: 'bar',
    data: previous.map((value, place) => ({ value, label: value > current[place] ? label : { show: false } })),
    silent: true,
    barWidth: 4,
    barGap: '20%',
    itemStyle: { color: colour['chart-before'], borderRadius: [0, 2, 2, 0] },
  }
}

function line(options, colour, labelled) {
  return {
    type: 'line',
    data: options.previous,
    silent: true,
    z: 4,
    symbol: 'circle',
    symbolSize: 4,
    lineStyle: { color: colour['chart-before'], width: 1.2 },
    itemStyle: { color: colour['chart-before'] },
    label: { show: labelled, position: 'top', color: colour['text-3'], fontSize: 11, formatter: ({ value }) => number(value) },
  }
}

/** From low to high with a short cap at each end. */
export function whiskers({ low, high, horizontal }, colour) {
  return {
    type: 'custom',
    silent: true,
    z: 5,
    encode: horizontal ? { x: [1, 2], y: 0 } : { x: 0, y: [1, 2] },
    data: low.map((value, place) => [place, value, high[place]]),
    renderItem(_, api) {
      if (Number.isNaN(api.value(1)) || Number.isNaN(api.value(2))) return null
      const end = (value) => api.coord(horizontal ? [value, api.value(0)] : [api.value(0), value])
      const [a, b] = [end(api.value(1)), end(api.value(2))]
      const cap = ([x, y]) => (horizontal ? { x1: x, x2: x, y1: y - 4, y2: y + 4 } : { x1: x - 4, x2: x + 4, y1: y, y2: y })
      const stroke = (shape) => ({ type: 'line', shape, style: { stroke: colour['text-2'], lineWidth: 1.3 } })
      return { type: 'group', children: [stroke({ x1: a[0], y1: a[1], x2: b[0], y2: b[1] }), stroke(cap(a)), stroke(cap(b))] }
    },
  }
}

export function bars(options, colour, width) {
  const { categories, current, previous, low, horizontal, highlight = [], unfinished = [], links } = options
  const room = (horizontal ? 60 : width / Math.max(1, categories.length)) > 30
  const bar = (value, place) => ({
    value,
    itemStyle: {
      color: highlight.includes(place) ? '#e8622f' : colour['chart-bar'],
      ...(unfinished.includes(place) && { opacity: 0.75, decal: hatch(colour) }),
    },
    ...(horizontal && previous && previous[place] > value && { label: { show: false } }),
    ...(unfinished.includes(place) && !horizontal && { label: { position: 'top', color: colour['text-2'] } }),
  })
  const inside = previous && options.ordered && !horizontal
  const data = {
    type: 'bar',
    data: current.map(bar),
    barMaxWidth: horizontal ? (previous ? 12 : 18) : 34,
    barCategoryGap: horizontal && previous ? '26%' : '42%',
    cursor: links ? 'pointer' : 'default',
    itemStyle: { borderRadius: horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0] },
    emphasis: { itemStyle: { color: colour['accent-fill'] } },
    label: {
      show: room && !low,
      position: horizontal ? 'right' : inside ? 'insideTop' : 'top',
      color: inside ? colour['on-bar'] : colour['text-2'],
      ...(horizontal && { backgroundColor: colour.surface, padding: [1, 2] }),
      fontSize: 11,
      formatter: ({ value }) => (value ? number(value) : ''),
      ...(horizontal && previous && bothNumbers(options, colour)),
    },
  }
  // Last year's numbers stand above its line only where they cannot run into those of the bars.
  const roomy = width / Math.max(1, categories.length) > 90
  const before = previous && (horizontal ? below(options, colour, data.label) : options.ordered ? line(options, colour, roomy) : strokes(options, colour))
  const category = categoryAxis(colour, categories, horizontal ? { inverse: true, axisLabel: { color: colour['text-2'], width: 110, overflow: 'truncate' } } : {})
  const value = valueAxis(colour, horizontal ? '' : options.unit)
  return {
    ...base(colour),
    ...(horizontal && { grid: { left: 8, right: previous ? 76 : 44, top: 6, bottom: 4, containLabel: true } }),
    tooltip: tooltip(colour, comparison(options)),
    xAxis: horizontal ? value : category,
    yAxis: horizontal ? category : value,
    series: [data, before, low && whiskers(options, colour)].filter(Boolean),
  }
}
