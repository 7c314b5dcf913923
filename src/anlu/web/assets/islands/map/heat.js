// Heat is shown relative to what is in view: the weights are scaled by the busiest cells that can be seen.
import { heatSource } from './style.js'

const share = 0.97

function scale(map, layer) {
  const name = layer.shownAs === 'harm' ? 'w' : 'n'
  const cells = map.querySourceFeatures(heatSource(layer), { sourceLayer: 'points' })
  const sorted = cells.map(({ properties }) => properties[name]).sort((a, b) => a - b)
  if (!sorted.length) return
  const top = Math.max(1, sorted[Math.floor((sorted.length - 1) * share)])
  map.setPaintProperty(`${layer.code}:heat`, 'heatmap-weight', ['get', name])
  const now = map.getPaintProperty(`${layer.code}:heat`, 'heatmap-intensity')
  const wanted = 0.85 / top
  if (Math.abs(now - wanted) / wanted > 0.15) map.setPaintProperty(`${layer.code}:heat`, 'heatmap-intensity', wanted)
}

export function startHeat(map, options) {
  const fit = () => {
    for (const layer of options.layers ?? []) if (layer.shownAs && map.getLayer(`${layer.code}:heat`)) scale(map, layer)
  }
  map.on('idle', fit)
  return () => map.off('idle', fit)
}
