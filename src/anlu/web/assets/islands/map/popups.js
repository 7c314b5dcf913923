// A click on a point shows its card, fetched as HTML; several points in one place are paged through; a count zooms in.

const reach = 5 // pixels around the click

function hits(map, options, { x, y }) {
  const ids = (part) => (options.layers ?? []).map(({ code }) => `${code}:${part}`).filter((id) => map.getLayer(id))
  const box = [[x - reach, y - reach], [x + reach, y + reach]]
  const singles = map.queryRenderedFeatures(box, { layers: ids('single') })
  const named = new Map(singles.filter(({ properties }) => properties.uid).map((feature) => [feature.properties.uid, feature]))
  const unnamed = singles.find(({ properties }) => !properties.uid) // a cell that counts one
  return { singles: [...named.values()].reverse(), count: map.queryRenderedFeatures([x, y], { layers: ids('count') })[0] ?? unnamed }
}

async function fetchCard(options, feature) {
  const address = (options.cardUrl ?? '/map/{layer}/{uid}/card').replace('{layer}', feature.source).replace('{uid}', feature.properties.uid)
  try {
    const response = await fetch(address, { headers: { 'HX-Request': 'true' } })
    if (response.ok && !response.redirected) return response.text()
    return '<p>没有取到这一条，它可能已改动或不在您的管辖范围内。</p>'
  } catch {
    return '<p>连不上服务器，请检查网络后再点。</p>'
  }
}

function button(label, words, press) {
  const made = Object.assign(document.createElement('button'), { type: 'button', className: 'button button--small', textContent: words })
  made.setAttribute('aria-label', label)
  made.addEventListener('click', press)
  return made
}

/** The card of one thing, and, when several lie on the same spot, the way to the others. */
function cards(options, features) {
  const box = Object.assign(document.createElement('div'), { className: 'map-card' })
  const body = box.appendChild(document.createElement('div'))
  let place = 0
  const show = async (step) => {
    place = (place + step + features.length) % features.length
    where.textContent = `${place + 1} / ${features.length}`
    body.innerHTML = await fetchCard(options, features[place])
    window.htmx?.process(body)
  }
  const where = document.createElement('span')
  if (features.length > 1) {
    const row = box.appendChild(Object.assign(document.createElement('div'), { className: 'map-card__more' }))
    row.append(`此处 ${features.length} 条`, button('上一条', '‹', () => show(-1)), where, button('下一条', '›', () => show(1)))
  }
  return { box, ready: show(0) }
}

export function startPopups(maplibregl, map, options) {
  let popup
  const click = async (event) => {
    const { singles, count } = hits(map, options, event.point)
    if (!singles.length && count) return map.easeTo({ center: count.geometry.coordinates, zoom: map.getZoom() + 2 })
    if (!singles.length) return
    const { box, ready } = cards(options, singles)
    await ready
    popup?.remove()
    popup = new maplibregl.Popup({ maxWidth: '320px', offset: 10 }).setLngLat(singles[0].geometry.coordinates).setDOMContent(box).addTo(map)
  }
  const hover = (event) => {
    const { singles, count } = hits(map, options, event.point)
    map.getCanvas().style.cursor = singles.length || count ? 'pointer' : ''
  }
  map.on('click', click)
  map.on('mousemove', hover)
  return () => popup?.remove()
}
