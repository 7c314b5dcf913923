// The legend in words, and one tick box for each layer when there are several.
import { layerIds } from './style.js'

const severities = { fatal: '死亡', serious: '重伤', slight: '轻伤', damage: '财产损失' }

function line(className, words) {
  return Object.assign(document.createElement('span'), { className, textContent: words })
}

function layerSwitch(map, layer) {
  const label = Object.assign(document.createElement('label'), { className: 'legend-layer' })
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: !layer.hidden })
  box.addEventListener('change', () => {
    layer.hidden = !box.checked
    for (const id of layerIds(layer)) map.setLayoutProperty(id, 'visibility', box.checked ? 'visible' : 'none')
  })
  label.append(box, layer.label)
  return label
}

export function startLegend(element, map, { layers = [], legend }) {
  if (!layers.length) return () => {}
  const box = Object.assign(document.createElement('details'), { className: 'map-legend', open: element.clientWidth > 560 })
  box.append(Object.assign(document.createElement('summary'), { textContent: '图例' }))
  const body = box.appendChild(Object.assign(document.createElement('div'), { className: 'map-legend__body' }))
  if (layers.length > 1) body.append(...layers.map((layer) => layerSwitch(map, layer)))
  const names = { ...severities, ...legend }
  for (const [code, words] of Object.entries(names)) if (words) body.append(line(`severity severity--${code}`, words))
  body.append(line('map-legend__count', '圈内为起数，点开放大'))
  element.append(box)
  return () => box.remove()
}
