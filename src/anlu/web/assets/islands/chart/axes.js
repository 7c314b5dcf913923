// What all charts share: axes from zero, quiet lines, words of the tooltip drawn on the canvas (no HTML, no inline style).
import { sans } from '../colours.js'
import { counted, word } from '../../js/words.js'

export const number = (value) => (value === null || value === undefined ? '—' : Number(value).toLocaleString('zh-CN', { maximumFractionDigits: 2 }))

const changed = (now, before) => {
  if (before === 0) return now === 0 ? word('持平') : word('对比期为0')
  const share = ((now - before) / before) * 100
  if (share === 0) return word('持平')
  return `${share < 0 ? `↓ ${word('下降')}` : `↑ ${word('上升')}`} ${Math.abs(share).toFixed(1)}%`
}

export function base(colour) {
  return {
    animationDuration: 300,
    textStyle: { fontFamily: sans, color: colour['text-2'], fontSize: 12 },
    grid: { left: 8, right: 16, top: 26, bottom: 4, containLabel: true },
  }
}

export function tooltip(colour, formatter, trigger = 'axis') {
  return {
    trigger,
    renderMode: 'richText',
    confine: true,
    axisPointer: { type: 'shadow', z: -1, shadowStyle: { color: colour['grey-soft'], opacity: 0.5 } },
    backgroundColor: colour.surface,
    borderColor: colour.line,
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: colour.text, fontSize: 12, fontFamily: sans, lineHeight: 19 },
    formatter,
  }
}

/** "6月 / 今年 6 起 / 上年 9 起 / ↓ 下降 33.3% / 波动范围 2~14" for the tooltip of one category. */
export function comparison({ categories, current, previous, low, high, unit = '', labels = {}, unfinished = [], links }) {
  return (points) => {
    const place = Array.isArray(points) ? points[0].dataIndex : points.dataIndex
    const [now, before] = [current[place], previous?.[place]]
    return [
      categories[place] + (unfinished.includes(place) ? word('（未满）') : ''),
      `${labels.current ?? word('今年')} ${counted(number(now), unit)}`,
      before === undefined || before === null ? '' : `${labels.previous ?? word('上年')} ${counted(number(before), unit)}`,
      before === undefined || before === null || now === null ? '' : changed(now, before),
      low?.[place] === undefined || low[place] === null ? '' : `${word('波动范围')} ${number(low[place])} ~ ${number(high[place])}`,
      links?.[place] ? word('点击查看明细') : '',
    ].filter(Boolean).join('\n')
  }
}

export function categoryAxis(colour, data, more = {}) {
  return {
    type: 'category',
    data,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colour['control-line'] } },
    axisLabel: { color: colour['text-2'], fontSize: 12, hideOverlap: true },
    ...more,
  }
}

export function valueAxis(colour, unit = '', more = {}) {
  return {
    type: 'value',
    min: 0,
    minInterval: 1,
    name: unit,
    nameGap: 8,
    nameTextStyle: { color: colour['text-3'], fontSize: 11, align: unit.length > 3 ? 'left' : 'right', padding: [0, 4, 0, 0] },
    axisLabel: { color: colour['text-3'], fontSize: 11 },
    splitLine: { lineStyle: { color: colour['row-line'] } },
    splitNumber: 4,
    ...more,
  }
}

export const hatch = (colour) => ({ symbol: 'rect', symbolSize: 1, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: colour.surface })
