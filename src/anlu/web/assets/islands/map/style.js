// The style of the map, made from the page's options and the tokens: ground, areas, roads, then the data.
import { colours } from '../colours.js'
import { absolute, areaLayers, areaNames, groundSources, roadLayers, roadNames } from './ground.js'

const isCount = ['>', ['coalesce', ['get', 'n'], 0], 1]
const worst = ['coalesce', ['get', 'severity'], ['get', 'severity_max'], 'damage']
const mark = ['match', worst, ['fatal', 'serious', 'slight', 'damage'], worst, 'damage']
const weight = ['match', worst, 'fatal', 3, 'serious', 2, 'slight', 1, 0]
const countRadius = ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1, 9, 10, 15, 32, 22, 100, 32]

/** Layers of one point layer; single things are drawn worst on top, counts above them. */
function pointLayers({ code, hidden }, colour) {
  const common = { source: code, 'source-layer': 'points' }
  const visibility = hidden ? 'none' : 'visible'
  return [
    {
      ...common, id: `${code}:single`, type: 'symbol', filter: ['!', isCount],
      layout: {
        visibility, 'icon-image': mark, 'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.62, 14, 0.85, 17, 1.1],
        'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': weight,
      },
    },
    {
      ...common, id: `${code}:count`, type: 'circle', filter: isCount,
      layout: { visibility, 'circle-sort-key': ['get', 'n'] },
      paint: {
        'circle-radius': countRadius, 'circle-color': colour['accent-fill'], 'circle-opacity': 0.82,
        'circle-stroke-width': 1.5, 'circle-stroke-color': colour.surface,
      },
    },
    {
      ...common, id: `${code}:number`, type: 'symbol', filter: isCount,
      layout: {
        visibility, 'text-field': ['to-string', ['get', 'n']], 'text-size': ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1, 10, 32, 13],
        'symbol-sort-key': ['-', 0, ['get', 'n']], 'text-allow-overlap': false, 'text-padding': 0,
      },
      paint: { 'text-color': '#fff' },
    },
  ]
}

export const layerIds = ({ code }) => [`${code}:single`, `${code}:count`, `${code}:number`]

export function mapStyle(element, { layers = [], areas, roads }) {
  const colour = colours(element)
  const sources = {}
  for (const { code, tiles, minzoom = 0, maxzoom = 16 } of layers) sources[code] = { type: 'vector', tiles: [absolute(tiles)], minzoom, maxzoom }
  Object.assign(sources, groundSources({ areas, roads }))
  return {
    version: 8,
    sources,
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': areas ? colour.ground : colour['map-land'] } },
      ...(areas ? areaLayers(colour) : []),
      ...(roads ? [...roadLayers(roads, colour), ...roadNames(roads, colour)] : []),
      ...(areas ? areaNames(colour) : []),
      ...layers.flatMap((layer) => pointLayers(layer, colour)),
    ],
  }
}
