// Charts. Options are few and say what is meant, not how it is drawn:
//
// {kind: "bars", categories, current, previous, low, high, unit, links, ordered, horizontal, highlight, unfinished, labels}
// {kind: "series", categories, current, previous, target, low, high, unit, links, unfinished, labels}
// {kind: "stack", categories, series: [{label, values, colour}], unit, links, horizontal}
// {kind: "heat", rows, columns, values: [[…]], links: [[…]], unit}
//
// `links` open the rows behind a bar, a point or a cell. Title and source are HTML around the chart.
import { BarChart, CustomChart, HeatmapChart, LineChart } from 'echarts/charts'
import { GridComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { bars } from './chart/bars.js'
import { heat } from './chart/heat.js'
import { startPicture } from './chart/picture.js'
import { series } from './chart/series.js'
import { stack } from './chart/stack.js'
import { colours, onThemeChange } from './colours.js'

echarts.use([BarChart, CustomChart, HeatmapChart, LineChart, GridComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, CanvasRenderer])

const kinds = { bars, heat, series, stack }

/** The address behind what was clicked: links[i], or links[row][column] of a heat table. */
function linkOf({ kind, links }, { data, dataIndex }) {
  if (kind !== 'heat') return links?.[dataIndex]
  return Array.isArray(data?.value) ? links?.[data.value[1]]?.[data.value[0]] : undefined
}

/** All type of a drawing larger by the factor --chart-scale, for what is read from afar. */
function enlarged(option, scale) {
  if (scale === 1 || option === null || typeof option !== 'object') return option
  for (const [name, value] of Object.entries(option)) {
    if (['fontSize', 'lineHeight', 'nameGap'].includes(name) && typeof value === 'number') option[name] = value * scale
    else if (typeof value === 'object' && name !== 'data') enlarged(value, scale)
  }
  return option
}

export default function mountChart(element, options) {
  const chart = echarts.init(element, null, { renderer: 'canvas' })
  const draw = () => {
    delete element.dataset.ready
    const scale = Number(getComputedStyle(element).getPropertyValue('--chart-scale')) || 1
    chart.setOption(enlarged(kinds[options.kind](options, colours(element), element.clientWidth), scale), true)
  }
  chart.on('finished', () => { element.dataset.ready = '1' })
  chart.on('click', (event) => {
    const link = linkOf(options, event)
    if (!link) return
    if (event.event.event.ctrlKey || event.event.event.metaKey) window.open(link)
    else location.assign(link)
  })
  draw()
  let width = element.clientWidth
  const watcher = new ResizeObserver(() => {
    chart.resize()
    if (Math.abs(element.clientWidth - width) > 80) { width = element.clientWidth; draw() }
  })
  watcher.observe(element)
  const stops = [onThemeChange(draw), startPicture(element, chart), () => watcher.disconnect()]
  return () => {
    stops.forEach((stop) => stop())
    chart.dispose()
  }
}
