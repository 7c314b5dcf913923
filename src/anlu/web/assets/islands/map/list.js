// The list beside the map is the same list: it follows the view, or the box drawn with Shift held down.

const number = (value) => value.toFixed(5)
const written = (bounds) => [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map(number).join()

export function startList(element, map, { listUrl, listTarget }) {
  let chosen = null
  const tell = () => {
    const bbox = chosen ?? written(map.getBounds())
    element.dispatchEvent(new CustomEvent('anlu:moveend', { bubbles: true, detail: { bbox, zoom: map.getZoom(), chosen: chosen !== null } }))
    if (!listUrl) return
    const address = new URL(listUrl, location.href)
    address.searchParams.set('bbox', bbox)
    window.htmx?.ajax('GET', address.pathname + address.search, { source: element, target: listTarget ?? '#map-list', swap: 'innerHTML' })
  }
  let waiting
  const later = () => {
    if (chosen) return
    clearTimeout(waiting)
    waiting = setTimeout(tell, 250)
  }
  map.on('moveend', later)
  map.once('load', tell)
  const stop = listUrl ? chooseByDragging(map, (bbox) => { chosen = bbox; tell() }) : () => {}
  return () => { clearTimeout(waiting); stop() }
}

/** Shift and drag draws a box; a click without Shift takes it away again. */
function chooseByDragging(map, choose) {
  const canvas = map.getCanvasContainer()
  let box, from
  const at = (event) => {
    const frame = canvas.getBoundingClientRect()
    return { x: event.clientX - frame.left, y: event.clientY - frame.top }
  }
  const stretch = (to) => Object.assign(box.style, {
    left: `${Math.min(from.x, to.x)}px`, top: `${Math.min(from.y, to.y)}px`,
    width: `${Math.abs(to.x - from.x)}px`, height: `${Math.abs(to.y - from.y)}px`,
  })
  const move = (event) => from && stretch(at(event))
  const clear = () => {
    if (!box) return
    box.remove()
    box = undefined
    choose(null)
  }
  const end = (event) => {
    if (!from) return
    const to = at(event)
    const [a, b] = [map.unproject([from.x, from.y]), map.unproject([to.x, to.y])]
    from = undefined
    map.dragPan.enable()
    const sides = [Math.min(a.lng, b.lng), Math.min(a.lat, b.lat), Math.max(a.lng, b.lng), Math.max(a.lat, b.lat)]
    choose(sides.map(number).join())
  }
  const start = (event) => {
    if (!event.shiftKey || event.button !== 0) return
    event.preventDefault()
    map.dragPan.disable()
    box?.remove()
    box = canvas.appendChild(Object.assign(document.createElement('div'), { className: 'map-box' }))
    from = at(event)
    stretch(from)
  }
  canvas.addEventListener('mousedown', start, true)
  window.addEventListener('mousemove', move)
  window.addEventListener('mouseup', end)
  map.on('movestart', clear)
  map.on('click', (event) => event.originalEvent.shiftKey || clear())
  return () => {
    canvas.removeEventListener('mousedown', start, true)
    window.removeEventListener('mousemove', move)
    window.removeEventListener('mouseup', end)
  }
}
