// A click on a point shows its card, fetched as HTML; several points in one place are paged through; a count zooms in;
// a road or a segment of one offers the list of what happened on it.
import { escaped } from './words.js'
import { word } from '../../js/words.js'

const reach = 5 // pixels around the click
const roads = ['main-roads', 'county-roads', 'roads']

function hits(map, { layers = [], overlays = [] }, { x, y }) {
  const ids = (part) => [...layers, ...overlays].map(({ code }) => `${code}:${part}`).filter((id) => map.getLayer(id))
  const box = [[x - reach, y - reach], [x + reach, y + reach]]
  const singles = map.queryRenderedFeatures(box, { layers: ids('single') })
  const named = new Map(singles.filter(({ properties }) => properties.uid).map((feature) => [feature.properties.uid, feature]))
  const unnamed = singles.find(({ properties }) => !properties.uid) // a cell that counts one
  return { singles: [...named.values()].reverse(), count: map.queryRenderedFeatures([x, y], { layers: ids('count') })[0] ?? unnamed }
}

function roadAt(map, { x, y }) {
  const known = roads.filter((id) => map.getLayer(id))
  return map.queryRenderedFeatures([[x - 3, y - 3], [x + 3, y + 3]], { layers: known }).find(({ properties }) => properties.code)
}

function segmentAt(map, { x, y }) {
  if (map.getLayer('segments') === undefined || map.getLayoutProperty('segments', 'visibility') === 'none') return undefined
  return map.queryRenderedFeatures([[x - 3, y - 3], [x + 3, y + 3]], { layers: ['segments'] })[0]
}

async function fetchCard(address) {
  try {
    const response = await fetch(address, { headers: { 'HX-Request': 'true' } })
    if (response.ok && !response.redirected) return response.text()
    return `<p>${word('没有取到这一条，它可能已改动或不在您的管辖范围内。')}</p>`
  } catch {
    return `<p>${word('连不上服务器，请检查网络后再点。')}</p>`
  }
}

function button(label, words, press) {
  const made = Object.assign(document.createElement('button'), { type: 'button', className: 'button button--small', textContent: words })
  made.setAttribute('aria-label', label)
  made.addEventListener('click', press)
  return made
}

/** The card of one thing, and, when several lie on the same spot, the way to the others. */
function cards(addresses) {
  const box = Object.assign(document.createElement('div'), { className: 'map-card' })
  const body = box.appendChild(document.createElement('div'))
  let place = 0
  const show = async (step) => {
    place = (place + step + addresses.length) % addresses.length
    where.textContent = `${place + 1} / ${addresses.length}`
    body.innerHTML = await fetchCard(addresses[place])
    window.htmx?.process(body)
  }
  const where = document.createElement('span')
  if (addresses.length > 1) {
    const row = box.appendChild(Object.assign(document.createElement('div'), { className: 'map-card__more' }))
    row.append(word('此处 {n} 条', { n: addresses.length }), button(word('上一条'), '‹', () => show(-1)), where, button(word('下一条'), '›', () => show(1)))
  }
  return { box, ready: show(0) }
}

/** Name and number of a line of the ground, and where it leads. */
function lineCard(number, name, links) {
  const box = Object.assign(document.createElement('div'), { className: 'map-card' })
  const plain = name && name !== number ? `${escaped(name)} <small>${escaped(number)}</small>` : escaped(number)
  box.innerHTML = `<h3>${plain}</h3><p class="row">${links.join('')}</p>`
  return box
}

/** A link to the same page, narrowed by one more parameter. */
function narrowing(name, value, words) {
  const address = new URL(location.href)
  address.searchParams.set(name, value)
  return `<a class="button button--small" data-map-link href="${escaped(address.search)}">${words}</a>`
}

const roadCard = ({ properties: { code, name } }) => lineCard(code, name, [narrowing('route', code, word('只看这条路上的'))])

function segmentCard({ properties: { uid, number, name } }, { segments, hasSegment }) {
  const only = hasSegment ? [narrowing('segment', number, word('只看这个路段上的'))] : []
  return lineCard(number, name, [...only, `<a class="button button--small" href="${segments.page.replace('{uid}', uid)}">${word('打开')}</a>`])
}

export function startPopups(maplibregl, map, options, highlight) {
  let popup
  const show = (content, place) => {
    popup?.remove()
    popup = new maplibregl.Popup({ maxWidth: '320px', offset: 10 }).setLngLat(place).setDOMContent(content).addTo(map)
  }
  const cardOf = (code, uid) => {
    const overlay = options.overlays?.find((layer) => layer.code === code)
    return (overlay?.card ?? options.cardUrl).replace('{uid}', uid)
  }
  const openAll = async (features) => {
    const { box, ready } = cards(features.map(({ source, properties }) => cardOf(source, properties.uid)))
    await ready
    show(box, features[0].geometry.coordinates)
  }
  const open = async (code, uid, place) => {
    const { box, ready } = cards([cardOf(code, uid)])
    await ready
    show(box, place)
  }
  const click = async (event) => {
    if (map.getContainer().dataset.drawing) return
    const { singles, count } = hits(map, options, event.point)
    if (!singles.length && count) return map.easeTo({ center: count.geometry.coordinates, zoom: map.getZoom() + 2 })
    if (singles.length) return openAll(singles)
    const segment = segmentAt(map, event.point)
    if (segment) return show(segmentCard(segment, options), event.lngLat)
    const road = options.hasRoute && roadAt(map, event.point)
    if (road) show(roadCard(road), event.lngLat)
  }
  const hover = (event) => {
    if (map.getContainer().dataset.drawing) return
    const { singles, count } = hits(map, options, event.point)
    map.getCanvas().style.cursor = singles.length || count ? 'pointer' : ''
    highlight.row(singles[0]?.properties.uid)
    highlight.ring(singles[0]?.geometry.coordinates ?? null)
  }
  map.on('click', click)
  map.on('mousemove', hover)
  document.addEventListener('anlu:map-changed', close)
  function close() { popup?.remove() }
  return { open, stop: () => { close(); document.removeEventListener('anlu:map-changed', close) } }
}
