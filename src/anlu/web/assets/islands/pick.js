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
  let known = at ? at.split(',').map(Number) : null
  mapOf(id).then((map) => {
    if (!map || gone) return
    const show = () => known && ring(map, ...known)
    const pick = ({ lngLat }) => {
      known = [lngLat.lng, lngLat.lat]
      field(lon).value = lngLat.lng.toFixed(digits)
      field(lat).value = lngLat.lat.toFixed(digits)
      if (field(system)) field(system).value = 'wgs84'
      show()
    }
    map.getCanvas().style.cursor = 'crosshair'
    map.on('click', pick)
    map.on('style.load', show) // the other theme draws the map anew
    map.once('idle', show)
    stop = () => { map.off('click', pick); map.off('style.load', show) }
  })
  return () => { gone = true; stop() }
}
