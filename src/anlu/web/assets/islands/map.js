// The map: our own tiles on a quiet ground, nothing from outside.
//
// Options: {bounds, center, zoom, minZoom, maxZoom,
//   layers: [{code, label, tiles: "/tiles/crashes/{z}/{x}/{y}.mvt?…", heat: tiles with counts and weights, shownAs: "" | heat | harm,
//             classes: [{values, mark}]}],
//   overlays: the same without heat, with card and hidden, marks: {name: {path, colour, hollow, word}},
//   segments: {tiles, page: "/system/segments/{uid}/"} of the segments of roads, shown when their box is ticked,
//   areas: GeoJSON or its address, roads: GeoJSON, its address, or tiles (see map/ground.js),
//   listUrl, listTarget: selector, cardUrl: "/map/crashes/{uid}/card/", printUrl, drawnUrl, within: corners of the chosen area,
//   hasRoute, hasSegment: whether the list can be narrowed to a road, to a segment of one}
// The tile layer "points" holds single things {uid, number, value} or grid counts {n}; heat tiles hold {n, w}.
import * as maplibregl from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
// The library's worker breaks when it is bundled, so it is a file of its own.
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { onThemeChange, sans } from './colours.js'
import { startDrawing } from './map/drawing.js'
import { startFollowing } from './map/following.js'
import { startGraticule } from './map/graticule.js'
import { startHeat } from './map/heat.js'
import { startHighlight } from './map/highlight.js'
import { startLayers } from './map/layers.js'
import { startList } from './map/list.js'
import { addMarks } from './map/marks.js'
import { startPopups } from './map/popups.js'
import { startPrinting } from './map/printing.js'
import { startSheet } from './map/sheet.js'
import { applyOptions, mapStyle } from './map/style.js'
import { canDraw, showPicture } from './map/trouble.js'
import { word } from '../js/words.js'

maplibregl.setWorkerUrl(workerUrl)

const locale = {
  'FullscreenControl.Enter': word('全屏'), 'FullscreenControl.Exit': word('退出全屏'), 'Map.Title': word('地图'), 'Popup.Close': word('关闭'),
  'NavigationControl.ZoomIn': word('放大'), 'NavigationControl.ZoomOut': word('缩小'),
  'ScaleControl.Meters': word('米'), 'ScaleControl.Kilometers': word('公里'),
}

/** For tests: every map on the page; data-idle="1" on its element says that all is drawn. */
window.anluMaps = window.anluMaps ?? []

/** The legend and the controls do not hide what is shown at first. */
function roomAround(element) {
  const legend = element.parentElement.querySelector('.map-legend')
  if (!legend || element.clientWidth < 760) return { top: 56, bottom: 28, left: 28, right: 28 }
  return { top: 56, bottom: 28, left: legend.offsetWidth + 20, right: 28 }
}

function createMap(element, options) {
  const canvas = element.appendChild(Object.assign(document.createElement('div'), { className: 'map__canvas' }))
  return new maplibregl.Map({
    container: canvas,
    style: mapStyle(element, options),
    ...(options.bounds
      ? { bounds: options.bounds, fitBoundsOptions: { padding: roomAround(element) } }
      : { center: options.center ?? [104.2, 35.9], zoom: options.zoom ?? 4 }),
    minZoom: options.minZoom ?? 2,
    maxZoom: options.maxZoom ?? 19,
    hash: options.hash ?? false,
    localIdeographFontFamily: sans,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    boxZoom: !options.listUrl,
    fadeDuration: 120,
    locale,
  })
}

function addControls(map) {
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-left')
  map.addControl(new maplibregl.FullscreenControl(), 'top-left')
  map.addControl(new maplibregl.ScaleControl({ maxWidth: 110, unit: 'metric' }), 'bottom-right')
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
}

function markIdle(element, map) {
  const busy = () => delete element.dataset.idle
  map.on('movestart', busy)
  map.on('dataloading', busy)
  map.on('idle', () => { element.dataset.idle = '1' })
}

export default function mountMap(element, options) {
  if (!canDraw()) return showPicture(element, options)
  const map = createMap(element, options)
  addControls(map)
  markIdle(element, map)
  map.on('style.load', () => addMarks(map, element, options))
  map.on('error', (event) => console.warn('map:', event.error?.message ?? event))
  const highlight = startHighlight(map, options)
  const popups = startPopups(maplibregl, map, options, highlight)
  const list = startList(element, map, options, { highlight, popups })
  const following = startFollowing(element, options, () => {
    delete element.dataset.idle
    applyOptions(map, element, options)
    list.tell()
  })
  const parts = [
    highlight.stop, popups.stop, list.stop, following.stop,
    startDrawing(map, options, following.change),
    startLayers(map, options),
    startHeat(map, options),
    startPrinting(map, options),
    startSheet(map),
    startGraticule(map, options),
    onThemeChange(() => map.setStyle(mapStyle(element, options), { diff: false })),
  ]
  const entry = { element, map, options }
  window.anluMaps.push(entry)
  return () => {
    parts.forEach((stop) => stop())
    window.anluMaps.splice(window.anluMaps.indexOf(entry), 1)
    map.remove()
  }
}
