// Tick boxes of the page that lay further layers over the map; what was ticked is remembered on this machine.
import { showLayer, showSegments } from './style.js'

const key = 'anlu.map.overlays'

function remembered() {
  try {
    return new Set(JSON.parse(localStorage.getItem(key) ?? '[]'))
  } catch {
    return new Set()
  }
}

export function startLayers(map, { overlays = [], segments }) {
  const boxes = [...document.querySelectorAll('[data-map-layer]')]
  const layerOf = (box) => overlays.find(({ code }) => code === box.dataset.mapLayer)
  const show = () => {
    for (const box of boxes) {
      if (box.dataset.mapLayer === 'segments') {
        segments.shown = box.checked
        showSegments(map, box.checked)
      }
      const layer = layerOf(box)
      if (!layer) continue
      layer.hidden = !box.checked
      if (map.getLayer(`${layer.code}:single`)) showLayer(map, layer)
    }
  }
  const change = () => {
    const ticked = boxes.filter((box) => box.checked).map((box) => box.dataset.mapLayer)
    localStorage.setItem(key, JSON.stringify(ticked))
    show()
  }
  const before = remembered()
  for (const box of boxes) {
    box.checked = before.has(box.dataset.mapLayer)
    box.addEventListener('change', change)
  }
  map.once('style.load', show)
  const legend = document.querySelector('.map-legend')
  if (legend && matchMedia('(width <= 640px)').matches) legend.open = false
  return () => boxes.forEach((box) => box.removeEventListener('change', change))
}
