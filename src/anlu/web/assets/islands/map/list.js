// The list beside the map is the same list: it follows the view. Its rows and the marks point at each other.

const number = (value) => value.toFixed(5)
const written = (bounds) => [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map(number).join()
const placeOf = (row) => (row?.dataset.lon ? [Number(row.dataset.lon), Number(row.dataset.lat)] : null)

export function startList(element, map, options, { highlight, popups }) {
  const tell = () => {
    const bbox = written(map.getBounds())
    element.dispatchEvent(new CustomEvent('anlu:moveend', { bubbles: true, detail: { bbox, zoom: map.getZoom() } }))
    if (!options.listUrl) return
    const address = new URL(options.listUrl, location.href)
    address.searchParams.set('bbox', bbox)
    window.htmx?.ajax('GET', address.pathname + address.search, { source: element, target: options.listTarget ?? '#map-list', swap: 'innerHTML' })
  }
  let waiting
  const later = () => {
    clearTimeout(waiting)
    waiting = setTimeout(tell, 250)
  }
  map.on('moveend', later)
  map.once('load', tell)
  const stopRows = options.listUrl ? pointFromRows(map, options, highlight, popups) : () => {}
  return { tell, stop: () => { clearTimeout(waiting); stopRows() } }
}

/** A row under the mouse is ringed on the map; a click beside its link goes there and opens the card. */
function pointFromRows(map, options, highlight, popups) {
  const list = document.querySelector(options.listTarget ?? '#map-list')
  if (!list) return () => {}
  const rowOf = (event) => event.target.closest?.('.map-rows__row')
  const over = (event) => highlight.ring(placeOf(rowOf(event)))
  const out = () => highlight.ring(null)
  const click = (event) => {
    const row = rowOf(event)
    const place = placeOf(row)
    if (!place || event.target.closest('a, button') || String(getSelection())) return
    map.easeTo({ center: place, zoom: Math.max(map.getZoom(), 14) })
    popups.open(options.layers[0].code, row.dataset.uid, place)
    document.dispatchEvent(new CustomEvent('anlu:map-place'))
  }
  const listeners = { mouseover: over, focusin: over, mouseleave: out, focusout: out, click }
  for (const [name, listener] of Object.entries(listeners)) list.addEventListener(name, listener)
  return () => {
    for (const [name, listener] of Object.entries(listeners)) list.removeEventListener(name, listener)
  }
}
