// Picking a place: a click on the map named by data-map fills the two fields for longitude and latitude.
// data-at="lon,lat" rings a place that is known already.
const digits = 7

/** The map of an element, once it is there; null when the page shows a picture instead. */
async function mapOf(id) {
  for (let tries = 0; tries < 200; tries += 1) {
    const entry = window.anluMaps?.find(({ element }) => element.id === id)
    if (entry) return entry.map
    await new Promise((done) => { setTimeout(done, 50) })
  }
  return null
}

function ring(map, lon, lat) {
  const point = { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [lon, lat] } }
  map.getSource('here')?.setData(point)
}

export default function mountPick(element) {
  const { map: id, lon, lat, system, at } = element.dataset
  const field = (name) => document.getElementById(name)
  let stop = () => {}
  let gone = false
  const pick = (map) => ({ lngLat }) => {
    field(lon).value = lngLat.lng.toFixed(digits)
    field(lat).value = lngLat.lat.toFixed(digits)
    if (field(system)) field(system).value = 'wgs84'
    ring(map, lngLat.lng, lngLat.lat)
    field(lon).dispatchEvent(new Event('input', { bubbles: true }))
  }
  mapOf(id).then((map) => {
    if (!map || gone) return
    const picked = pick(map)
    const known = at ? at.split(',').map(Number) : null
    const show = () => known && ring(map, ...known)
    map.getCanvas().style.cursor = 'crosshair'
    map.on('click', picked)
    map.on('idle', show)
    stop = () => { map.off('click', picked); map.off('idle', show) }
    map.once('click', () => map.off('idle', show))
  })
  return () => { gone = true; stop() }
}
