// Picking a place: a click on the map named by data-map fills the two fields for longitude and latitude, and with data-look
// also road, stake and town as the server knows them there; what somebody typed stays.
// data-at="lon,lat" rings a place that is known already.
import { word } from '../js/words.js'

const digits = 7
const followers = ['road', 'chainage_m', 'town']

/** The map of an element, once it is there; null when the page shows none. */
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
  const { map: id, lon, lat, system, at, look } = element.dataset
  const field = (name) => document.getElementById(name)
  const said = element.querySelector('[data-said]')
  const filled = {} // what the map put into a field: that and nothing else is replaced by the next click
  let stop = () => {}
  let gone = false
  let known = at ? at.split(',').map(Number) : null
  let asked = 0

  function put(name, value) {
    const target = field(`id_${name}`)
    if (!target || (target.value && target.value !== filled[name])) return
    target.value = value
    filled[name] = target.value // "" where a list does not offer it
  }

  /** What the server knows of the place in the fields; at first only said, and remembered where a field says the same. */
  async function lookUp(first = false) {
    const mine = asked += 1
    const query = new URLSearchParams({ lon: field(lon).value, lat: field(lat).value })
    const answer = await fetch(`${look}?${query}`, { headers: { Accept: 'application/json' } }).catch(() => null)
    const found = answer?.ok ? await answer.json().catch(() => null) : null
    if (mine !== asked || gone) return
    if (!found) { said.textContent = word('连不上服务器，道路、桩号保存时补上'); return }
    for (const name of followers) {
      const value = `${found[name] ?? ''}`
      if (!first) put(name, value)
      else if (field(`id_${name}`)?.value === value) filled[name] = value
    }
    said.textContent = found.words || word('附近没有已知道路')
  }

  mapOf(id).then((map) => {
    if (gone) return
    if (!map) { if (said) said.hidden = true; return }
    const show = () => known && ring(map, ...known)
    const pick = ({ lngLat }) => {
      known = [lngLat.lng, lngLat.lat]
      field(lon).value = lngLat.lng.toFixed(digits)
      field(lat).value = lngLat.lat.toFixed(digits)
      if (field(system)) field(system).value = 'wgs84'
      show()
      if (look) lookUp()
    }
    const typed = () => {
      const place = [field(lon).value, field(lat).value].map(Number)
      if (!field(lon).value || !field(lat).value || !place.every(Number.isFinite)) return
      known = place
      show()
      map.easeTo({ center: place })
      if (look) lookUp()
    }
    if (known && look) lookUp(true)
    map.getCanvas().style.cursor = 'crosshair'
    map.on('click', pick)
    map.on('style.load', show) // the other theme draws the map anew
    map.once('idle', show)
    for (const name of [lon, lat]) field(name).addEventListener('change', typed)
    stop = () => {
      map.off('click', pick)
      map.off('style.load', show)
      for (const name of [lon, lat]) field(name)?.removeEventListener('change', typed)
    }
  })
  return () => { gone = true; stop() }
}
