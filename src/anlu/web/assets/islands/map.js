// The map: our own tiles on a quiet ground, nothing from outside.
//
// Options: {center, zoom, bounds, minZoom, maxZoom,
//   layers: [{code, label, tiles: "/tiles/crashes.crash/{z}/{x}/{y}.mvt?…", kind: "points", hidden, minzoom, maxzoom}],
//   areas: GeoJSON or its address, roads: GeoJSON, its address, or tiles (see map/ground.js), listUrl, listTarget: selector, cardUrl: "/map/{layer}/{uid}/card"}
// The tile layer "points" holds single things {uid, number, severity} or grid counts {n, severity_max}.
import * as maplibregl from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
// The library's worker breaks when it is bundled, so it is a file of its own.
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { onThemeChange, sans } from './colours.js'
import { startGraticule } from './map/graticule.js'
import { startLegend } from './map/legend.js'
import { startList } from './map/list.js'
import { addMarks } from './map/marks.js'
import { startPopups } from './map/popups.js'
import { mapStyle } from './map/style.js'
import { canDraw, showTrouble } from './map/trouble.js'

maplibregl.setWorkerUrl(workerUrl)

const locale = {
  'FullscreenControl.Enter': '全屏', 'FullscreenControl.Exit': '退出全屏', 'Map.Title': '地图', 'Popup.Close': '关闭',
  'NavigationControl.ZoomIn': '放大', 'NavigationControl.ZoomOut': '缩小',
  'ScaleControl.Meters': '米', 'ScaleControl.Kilometers': '公里',
}

/** For tests: every map on the page; data-idle="1" on its element says that all is drawn. */
window.anluMaps = window.anluMaps ?? []

function createMap(element, options) {
  const canvas = element.appendChild(Object.assign(document.createElement('div'), { className: 'map__canvas' }))
  return new maplibregl.Map({
    container: canvas,
    style: mapStyle(element, options),
    ...(options.bounds
      ? { bounds: options.bounds, fitBoundsOptions: { padding: 28 } }
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
  if (!canDraw()) return showTrouble(element)
  const map = createMap(element, options)
  addControls(map)
  markIdle(element, map)
  map.on('style.load', () => addMarks(map, element))
  map.on('error', (event) => console.warn('map:', event.error?.message ?? event))
  const parts = [
    startPopups(maplibregl, map, options),
    startLegend(element, map, options),
    startList(element, map, options),
    startGraticule(map, options),
    onThemeChange(() => map.setStyle(mapStyle(element, options), { diff: false })),
  ]
  const entry = { element, map }
  window.anluMaps.push(entry)
  return () => {
    parts.forEach((stop) => stop())
    window.anluMaps.splice(window.anluMaps.indexOf(entry), 1)
    map.remove()
  }
}
