// The sheet to print shows what the map shows: the link carries the middle and the scale of the view.
const paperWidth = 1040 // pixels of the drawn picture

export function startPrinting(map, options) {
  const press = (event) => {
    const link = event.target.closest?.('[data-map-print]')
    if (!link || !options.printUrl) return
    const { lng, lat } = map.getCenter()
    const zoom = map.getZoom() + Math.log2(paperWidth / map.getContainer().clientWidth)
    const address = new URL(options.printUrl, location.href)
    address.searchParams.set('view', `${lng.toFixed(5)},${lat.toFixed(5)},${Math.min(18, Math.max(3, zoom)).toFixed(2)}`)
    link.href = address.pathname + address.search
  }
  document.addEventListener('click', press, true)
  return () => document.removeEventListener('click', press, true)
}
