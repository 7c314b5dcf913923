// Where there are neither areas nor roads, thin lines of longitude and latitude give the empty ground a scale.
import { colours } from '../colours.js'

const steps = [20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001]

function lines(bounds) {
  const [west, east] = [Math.max(-180, bounds.getWest()), Math.min(180, bounds.getEast())]
  const [south, north] = [Math.max(-85, bounds.getSouth()), Math.min(85, bounds.getNorth())]
  const step = steps.find((each) => (east - west) / each >= 4) ?? steps.at(-1)
  const digits = Math.max(0, -Math.floor(Math.log10(step)))
  const ticks = (low, high) => {
    const first = Math.ceil(low / step)
    return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, place) => (first + place) * step)
  }
  const feature = (coordinates, name) => ({ type: 'Feature', properties: { name }, geometry: { type: 'LineString', coordinates } })
  return {
    type: 'FeatureCollection',
    features: [
      ...ticks(west, east).map((x) => feature([[x, south], [x, north]], `${x.toFixed(digits)}°`)),
      ...ticks(south, north).map((y) => feature([[west, y], [east, y]], `${y.toFixed(digits)}°`)),
    ],
  }
}

export function startGraticule(map, { areas, roads }) {
  if (areas || roads) return () => {}
  const draw = () => {
    const data = lines(map.getBounds())
    if (map.getSource('graticule')) return map.getSource('graticule').setData(data)
    const colour = colours(map.getContainer())
    const first = map.getStyle().layers[1]?.id
    map.addSource('graticule', { type: 'geojson', data })
    map.addLayer({ id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': colour['map-edge'], 'line-width': 0.6, 'line-opacity': 0.6 } }, first)
    map.addLayer({
      id: 'graticule-names', type: 'symbol', source: 'graticule',
      layout: { 'symbol-placement': 'line', 'symbol-spacing': 500, 'text-field': ['get', 'name'], 'text-size': 10 },
      paint: { 'text-color': colour['text-3'], 'text-halo-color': colour['map-land'], 'text-halo-width': 1.5 },
    }, first)
  }
  map.on('style.load', draw)
  map.on('moveend', () => map.getSource('graticule') && draw())
  return () => {}
}
