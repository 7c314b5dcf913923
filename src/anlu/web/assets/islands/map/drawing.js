// An area is chosen by a rectangle (the button, or Shift and drag) or corner by corner; it becomes the condition
// "within" of the page, so that list, export and statistics hold the same records as the map.
import { areaOf } from './style.js'
import { word } from '../../js/words.js'

const mostCorners = 100
const near = 10 // pixels: a click this close to the first corner closes the area
const nothing = { type: 'FeatureCollection', features: [] }
const written = (corners) => corners.map(({ lng, lat }) => `${lng.toFixed(5)},${lat.toFixed(5)}`).join(' ')
const rectangle = (a, b) => [{ lng: a.lng, lat: a.lat }, { lng: b.lng, lat: a.lat }, { lng: b.lng, lat: b.lat }, { lng: a.lng, lat: b.lat }]
const plain = (corners) => corners.map(({ lng, lat }) => [lng, lat])

class Tools {
  constructor(buttons) { this.buttons = buttons }

  onAdd() {
    this.box = Object.assign(document.createElement('div'), { className: 'maplibregl-ctrl maplibregl-ctrl-group map-tools' })
    this.box.append(...this.buttons)
    return this.box
  }

  onRemove() { this.box.remove() }
}

function tool(words, title, press) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: words, title })
  button.setAttribute('aria-pressed', 'false')
  button.addEventListener('click', press)
  return button
}

export function startDrawing(map, options, change) {
  if (!options.listUrl) return () => {}
  const box = map.getContainer()
  const canvas = map.getCanvasContainer()
  let mode = ''
  let corners = []
  const show = (moving) => {
    const all = moving ? [...corners, moving] : corners
    const points = corners.map((one) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [one.lng, one.lat] } }))
    const shape = all.length > 2 ? [areaOf(plain(all))] : all.length > 1 ? [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: plain(all) } }] : []
    map.getSource('drawing')?.setData({ type: 'FeatureCollection', features: [...shape, ...points] })
  }
  const enter = (next) => {
    mode = mode === next ? '' : next
    corners = []
    map.getSource('drawing')?.setData(nothing)
    if (mode) box.dataset.drawing = mode
    else delete box.dataset.drawing
    rectangleTool.setAttribute('aria-pressed', mode === 'rectangle')
    polygonTool.setAttribute('aria-pressed', mode === 'polygon')
    map.dragPan[mode === 'rectangle' ? 'disable' : 'enable']()
    map.doubleClickZoom[mode ? 'disable' : 'enable']()
  }
  const finish = (ring) => {
    enter('')
    if (ring.length > 2) change({ within: written(ring.slice(0, mostCorners)) })
  }
  const rectangleTool = tool(word('框选'), word('按住拖出一个矩形，只看其中的记录（也可按住 Shift 拖动）'), () => enter('rectangle'))
  const polygonTool = tool(word('圈选'), word('逐点画出一个范围，双击或点回起点结束'), () => enter('polygon'))
  map.addControl(new Tools([rectangleTool, polygonTool]), 'top-left')

  const click = (event) => {
    if (mode !== 'polygon') return
    const first = corners[0] && map.project(corners[0])
    if (corners.length > 2 && Math.hypot(first.x - event.point.x, first.y - event.point.y) < near) return finish(corners)
    corners.push(event.lngLat)
    show()
  }
  const doubleClick = (event) => {
    if (mode !== 'polygon') return
    event.preventDefault()
    finish(corners.slice(0, -1)) // the second click of the two added one corner more
  }
  const move = (event) => mode === 'polygon' && corners.length && show(event.lngLat)
  const key = (event) => event.key === 'Escape' && mode && enter('')

  let from
  const at = (event) => {
    const frame = canvas.getBoundingClientRect()
    return map.unproject([event.clientX - frame.left, event.clientY - frame.top])
  }
  const press = (event) => {
    if (event.button !== 0 || !(mode === 'rectangle' || event.shiftKey) || mode === 'polygon') return
    if (event.target.closest('.maplibregl-ctrl, .maplibregl-popup')) return
    event.preventDefault()
    event.stopPropagation()
    map.dragPan.disable()
    from = at(event)
  }
  const stretch = (event) => {
    if (!from) return
    corners = []
    map.getSource('drawing')?.setData(areaOf(plain(rectangle(from, at(event)))))
  }
  const release = (event) => {
    if (!from) return
    const ring = rectangle(from, at(event))
    const [a, b] = [map.project(from), map.project(at(event))]
    from = undefined
    map.dragPan.enable()
    if (Math.abs(a.x - b.x) > 4 && Math.abs(a.y - b.y) > 4) finish(ring)
    else enter('')
  }
  map.on('click', click)
  map.on('dblclick', doubleClick)
  map.on('mousemove', move)
  document.addEventListener('keydown', key)
  canvas.addEventListener('pointerdown', press, true)
  window.addEventListener('pointermove', stretch)
  window.addEventListener('pointerup', release)
  return () => {
    document.removeEventListener('keydown', key)
    canvas.removeEventListener('pointerdown', press, true)
    window.removeEventListener('pointermove', stretch)
    window.removeEventListener('pointerup', release)
  }
}
