// The style of the map, made from the page's options and the tokens: ground, areas, roads, then the data.
import { colours } from '../colours.js'
import { absolute, areaLayers, areaNames, areaSeats, groundSources, roadLayers, roadNames, segmentIds, segmentLayers } from './ground.js'

const isCount = ['>', ['coalesce', ['get', 'n'], 0], 1]
const value = ['to-string', ['coalesce', ['get', 'value'], '']]
const countRadius = ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1, 7, 3, 9, 10, 13, 32, 18, 100, 26]
const nothing = { type: 'FeatureCollection', features: [] }

/** The mark of a point by the class that its value falls into. */
const markOf = (classes = []) => (classes.length ? ['match', value, ...classes.flatMap((one) => [one.values, one.mark]), 'class-other'] : 'class-other')
/** The first class of the legend lies on top. */
const rankOf = (classes = []) => (classes.length ? ['match', value, ...classes.flatMap((one, place) => [one.values, classes.length - place]), 0] : 0)

const shown = (visible) => (visible ? 'visible' : 'none')
const heatId = (code) => `${code}:heat`
export const pointIds = ({ code }) => [`${code}:single`, `${code}:count`, `${code}:number`]
export const isOverlay = (layer) => !layer.heat

const showsPoints = (layer) => !layer.hidden && !layer.shownAs
export const heatSource = ({ code }) => `${code}-heat`

/** Layers of one point layer: single things, counts above them. */
function pointLayers(layer, colour) {
  const { code, classes } = layer
  const common = { source: code, 'source-layer': 'points' }
  const visibility = shown(showsPoints(layer))
  const small = isOverlay(layer)
  return [
    {
      ...common, id: `${code}:single`, type: 'symbol', filter: ['!', isCount], ...(small && { minzoom: 9 }),
      layout: {
        visibility, 'icon-image': markOf(classes), 'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.62, 14, 0.85, 17, 1.1],
        'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': rankOf(classes),
        ...(small && { 'text-field': ['step', ['zoom'], '', 13.5, ['coalesce', ['get', 'number'], '']], 'text-size': 11, 'text-offset': [0, 1.1], 'text-anchor': 'top', 'text-optional': true }),
      },
      paint: { 'text-color': colour['text-2'], 'text-halo-color': colour['map-land'], 'text-halo-width': 1.5 },
    },
    {
      ...common, id: `${code}:count`, type: 'circle', filter: isCount,
      layout: { visibility, 'circle-sort-key': ['get', 'n'] },
      paint: {
        'circle-radius': countRadius, 'circle-color': small ? colour['grey-dot'] : colour['accent-fill'], 'circle-opacity': 0.82,
        'circle-stroke-width': 1.5, 'circle-stroke-color': colour.surface,
      },
    },
  ]
}

function numberLayer(layer) {
  return {
    source: layer.code, 'source-layer': 'points', id: `${layer.code}:number`, type: 'symbol', filter: isCount,
    layout: {
      visibility: shown(showsPoints(layer)), 'text-field': ['to-string', ['get', 'n']],
      'text-size': ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1, 10, 32, 13],
      'symbol-sort-key': ['-', 0, ['get', 'n']], 'text-allow-overlap': false, 'text-padding': 0,
    },
    paint: { 'text-color': '#fff' },
  }
}

/** Density in the one ramp of risk, see-through where there is little. */
function heatLayer(layer, colour) {
  const steps = [1, 2, 3, 4, 5, 6].flatMap((step) => [[0.06, 0.2, 0.38, 0.58, 0.8, 1][step - 1], colour[`ramp-${step}`]])
  return {
    id: heatId(layer.code), type: 'heatmap', source: heatSource(layer), 'source-layer': 'points',
    layout: { visibility: shown(!layer.hidden && layer.shownAs) },
    paint: {
      'heatmap-weight': ['get', layer.shownAs === 'harm' ? 'w' : 'n'],
      'heatmap-radius': ['interpolate', ['linear'], ['zoom'], 6, 18, 10, 26, 14, 34],
      'heatmap-intensity': 0.02,
      'heatmap-color': ['interpolate', ['linear'], ['heatmap-density'], 0, 'rgba(255, 241, 179, 0)', ...steps],
      'heatmap-opacity': 0.82,
    },
  }
}

/** What is chosen, drawn just now, or under the mouse. */
function choiceLayers(colour) {
  const line = { 'line-color': colour.accent, 'line-width': 1.8 }
  return [
    { id: 'within', type: 'fill', source: 'within', paint: { 'fill-color': colour.accent, 'fill-opacity': 0.07 } },
    { id: 'within-edge', type: 'line', source: 'within', paint: line },
    { id: 'drawing', type: 'fill', source: 'drawing', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour.accent, 'fill-opacity': 0.12 } },
    { id: 'drawing-edge', type: 'line', source: 'drawing', paint: { ...line, 'line-dasharray': [3, 2] } },
    { id: 'drawing-corners', type: 'circle', source: 'drawing', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 4.5, 'circle-color': colour.surface, 'circle-stroke-color': colour.accent, 'circle-stroke-width': 2 } },
    { id: 'here', type: 'circle', source: 'here', paint: { 'circle-radius': 14, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': colour.accent, 'circle-stroke-width': 2.5 } },
  ]
}

export function areaOf(corners) {
  if (!corners?.length) return nothing
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[...corners, corners[0]]] } }
}

function sourcesOf({ layers = [], overlays = [], areas, roads, segments, within }) {
  const sources = groundSources({ areas, roads, segments })
  const tiles = (address) => ({ type: 'vector', tiles: [absolute(address)], minzoom: 0, maxzoom: 16 })
  for (const layer of [...layers, ...overlays]) {
    sources[layer.code] = tiles(layer.tiles)
    if (layer.heat) sources[heatSource(layer)] = tiles(layer.heat)
  }
  const geojson = (data) => ({ type: 'geojson', data })
  return { ...sources, within: geojson(areaOf(within)), drawing: geojson(nothing), here: geojson(nothing) }
}

export function mapStyle(element, options) {
  const { layers = [], overlays = [], areas, roads, segments } = options
  const colour = colours(element)
  return {
    version: 8,
    sources: sourcesOf(options),
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': areas ? colour.ground : colour['map-land'] } },
      ...(areas ? areaLayers(colour) : []),
      ...(roads ? roadLayers(roads, colour) : []),
      ...(segments ? segmentLayers(colour, segments) : []),
      ...layers.filter((layer) => layer.heat).map((layer) => heatLayer(layer, colour)),
      ...(areas ? areaSeats(colour) : []),
      ...overlays.flatMap((layer) => pointLayers(layer, colour)),
      ...layers.flatMap((layer) => pointLayers(layer, colour)),
      // Names stay readable above the marks, and give way to the numbers of the counts.
      ...(roads ? roadNames(roads, colour) : []),
      ...(areas ? areaNames(colour) : []),
      ...[...overlays, ...layers].map(numberLayer),
      ...choiceLayers(colour),
    ],
  }
}

/** Bring the drawn map to what the options say now, without drawing the ground anew. */
export function applyOptions(map, element, { layers = [], within }) {
  map.getSource('within')?.setData(areaOf(within))
  for (const layer of layers) {
    refresh(map, layer.code, layer.tiles)
    refresh(map, heatSource(layer), layer.heat)
    map.setLayoutProperty(`${layer.code}:single`, 'icon-image', markOf(layer.classes))
    map.setLayoutProperty(`${layer.code}:single`, 'symbol-sort-key', rankOf(layer.classes))
    showLayer(map, layer)
  }
}

function refresh(map, name, address) {
  const source = map.getSource(name)
  if (source && source.tiles?.[0] !== absolute(address)) source.setTiles([absolute(address)])
}

export function showLayer(map, layer) {
  for (const id of pointIds(layer)) map.setLayoutProperty(id, 'visibility', shown(showsPoints(layer)))
  if (map.getLayer(heatId(layer.code))) map.setLayoutProperty(heatId(layer.code), 'visibility', shown(!layer.hidden && layer.shownAs))
}

export function showSegments(map, visible) {
  for (const id of segmentIds) if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', shown(visible))
}
