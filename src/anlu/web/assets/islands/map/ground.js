// What lies under the records: boundaries, towns, roads by class with their shields and names. Drawn quietly.
//
// areas: GeoJSON with part "area" (polygons) and part "seat" (points), kind county | town | …, name.
// roads: vector tiles with a layer "roads" {code, name, class}, or GeoJSON with the same properties.
const growing = (...stops) => ['interpolate', ['exponential', 1.4], ['zoom'], ...stops]
const round = { 'line-cap': 'round', 'line-join': 'round' }
const isArea = ['!=', ['coalesce', ['get', 'part'], 'area'], 'seat']
const isSeat = ['==', ['get', 'part'], 'seat']
const isCounty = ['==', ['get', 'kind'], 'county']
const kind = ['get', 'class']
const isMain = ['match', kind, ['motorway', 'national', 'provincial'], true, false]
const isCountyRoad = ['==', kind, 'county']
const hasShield = ['match', kind, ['motorway', 'national', 'provincial', 'county'], true, false]

const shields = ['shield-national', 'shield-provincial', 'shield-county']

export const absolute = (address) => (address.startsWith('/') ? location.origin + address : address)
const isTiles = (data) => typeof data === 'string' && data.includes('{z}')

export function groundSources({ areas, roads, segments }) {
  const geojson = (data) => ({ type: 'geojson', data: typeof data === 'string' ? absolute(data) : data })
  const sources = {}
  if (areas) sources.areas = geojson(areas)
  if (roads) sources.roads = isTiles(roads) ? { type: 'vector', tiles: [absolute(roads)], minzoom: 6, maxzoom: 16 } : geojson(roads)
  if (segments) sources.segments = { type: 'vector', tiles: [absolute(segments.tiles)], minzoom: 6, maxzoom: 16 }
  return sources
}

export const segmentIds = ['segments', 'segment-names']

/** Segments of roads lie under the names of the ground; those with an open hazard are marked. Not shown at first. */
export function segmentLayers(colour, { shown }) {
  const common = { source: 'segments', 'source-layer': 'segments' }
  const layout = { visibility: shown ? 'visible' : 'none' }
  return [
    {
      ...common, id: 'segments', type: 'line', layout: { ...layout, 'line-cap': 'butt', 'line-join': 'round' },
      paint: { 'line-color': ['case', ['boolean', ['get', 'danger'], false], colour['amber-dot'], colour.accent], 'line-opacity': 0.55, 'line-width': growing(8, 2.5, 12, 5, 16, 12) },
    },
    {
      ...common, id: 'segment-names', type: 'symbol', minzoom: 11.5,
      layout: { ...layout, 'symbol-placement': 'line-center', 'text-field': ['get', 'name'], 'text-size': 11 },
      paint: { 'text-color': colour.text, 'text-halo-color': colour['map-land'], 'text-halo-width': 1.8 },
    },
  ]
}

export function areaLayers(colour) {
  return [
    { id: 'areas', type: 'fill', source: 'areas', filter: isArea, paint: { 'fill-color': colour['map-land'] } },
    {
      id: 'area-edges', type: 'line', source: 'areas', filter: ['all', isArea, ['!', isCounty]],
      paint: { 'line-color': colour['map-edge'], 'line-width': 1, 'line-dasharray': [4, 2], 'line-opacity': 0.8 },
    },
    {
      id: 'county-edge', type: 'line', source: 'areas', filter: ['all', isArea, isCounty], layout: round,
      paint: { 'line-color': colour['map-edge'], 'line-width': growing(8, 1.2, 14, 3), 'line-dasharray': [5, 2, 1, 2] },
    },
  ]
}

export function roadLayers(roads, colour) {
  const common = { type: 'line', source: 'roads', layout: round, ...(isTiles(roads) && { 'source-layer': 'roads' }) }
  return [
    {
      ...common, id: 'roads', filter: ['all', ['!', isMain], ['!', isCountyRoad]],
      paint: { 'line-color': colour['map-road'], 'line-width': growing(10, 0.5, 12, 1, 14, 2.2, 17, 8) },
    },
    {
      ...common, id: 'county-roads', filter: isCountyRoad,
      paint: { 'line-color': colour['map-road'], 'line-width': growing(8, 0.8, 12, 2, 14, 3.6, 17, 10) },
    },
    {
      ...common, id: 'main-roads', filter: isMain,
      paint: { 'line-color': colour['map-road-main'], 'line-width': growing(8, 1.2, 12, 3, 14, 5, 17, 13) },
    },
  ]
}

export function roadNames(roads, colour) {
  const common = { type: 'symbol', source: 'roads', ...(isTiles(roads) && { 'source-layer': 'roads' }) }
  const shield = ['match', kind, ['motorway', 'national'], 'shield-national', 'provincial', 'shield-provincial', 'shield-county']
  return [
    {
      ...common, id: 'road-names', minzoom: 13, filter: ['!', hasShield],
      layout: { 'symbol-placement': 'line', 'symbol-spacing': 300, 'text-field': ['coalesce', ['get', 'name'], ''], 'text-size': 11 },
      paint: { 'text-color': colour['text-2'], 'text-halo-color': colour['map-land'], 'text-halo-width': 1.6 },
    },
    {
      ...common, id: 'road-shields', minzoom: 8, filter: ['all', hasShield, ['step', ['zoom'], isMain, 10.5, true]],
      layout: {
        'symbol-placement': 'line', 'symbol-spacing': 340, 'icon-image': shield, 'icon-text-fit': 'both',
        'text-field': ['coalesce', ['get', 'code'], ''], 'text-size': 10.5, 'symbol-sort-key': ['match', kind, 'county', 1, 0],
        'text-rotation-alignment': 'viewport', 'icon-rotation-alignment': 'viewport', 'text-padding': 6,
      },
      paint: { 'text-color': ['case', isMain, '#fff', colour['text-2']] },
    },
  ]
}

export function areaSeats(colour) {
  return [
    {
      id: 'seats', type: 'circle', source: 'areas', minzoom: 9, filter: ['all', isSeat, ['!', isCounty]],
      paint: { 'circle-radius': 2.6, 'circle-color': colour.surface, 'circle-stroke-color': colour['text-3'], 'circle-stroke-width': 1.4 },
    },
  ]
}

export function areaNames(colour) {
  const text = { 'text-color': colour['text-2'], 'text-halo-color': colour['map-land'], 'text-halo-width': 2 }
  return [
    {
      id: 'area-names', type: 'symbol', source: 'areas', maxzoom: 15, filter: ['all', isSeat, ['step', ['zoom'], isCounty, 9, ['!', isCounty]]],
      layout: { 'text-field': ['coalesce', ['get', 'name'], ''], 'text-size': ['case', isCounty, 14, 12], 'text-max-width': 8, 'text-variable-anchor': ['bottom', 'top', 'left', 'right'], 'text-radial-offset': 0.9 },
      paint: text,
    },
  ]
}

/** A rounded plate that grows with the number on it. */
function plate(fill, edge) {
  const [size, ratio, margin] = [20, 2, 5]
  const canvas = Object.assign(document.createElement('canvas'), { width: size * ratio, height: size * ratio })
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  pen.scale(ratio, ratio)
  pen.beginPath()
  pen.roundRect(1, 1, size - 2, size - 2, 3.5)
  pen.fillStyle = fill
  pen.fill()
  pen.strokeStyle = edge
  pen.lineWidth = 1
  pen.stroke()
  const [near, far] = [margin * ratio, (size - margin) * ratio]
  return [
    pen.getImageData(0, 0, canvas.width, canvas.height),
    { pixelRatio: ratio, stretchX: [[near, far]], stretchY: [[near, far]], content: [near * 0.8, near * 0.5, far + near * 0.2, far + near * 0.5] },
  ]
}

export function addShields(map, colour) {
  for (const name of shields) {
    const fill = name === 'shield-county' ? colour.surface : colour[name]
    const [image, options] = plate(fill, name === 'shield-county' ? colour['control-line'] : colour.surface)
    if (map.hasImage(name)) map.removeImage(name)
    map.addImage(name, image, options)
  }
}
