// A ring around one place, and the row of the list that belongs to it.
const nothing = { type: 'FeatureCollection', features: [] }

export function startHighlight(map) {
  let here
  const ring = (place) => {
    map.getSource('here')?.setData(place ? { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: place } } : nothing)
  }
  const row = (uid) => {
    if (uid === here) return
    here = uid
    for (const old of document.querySelectorAll('.map-rows__row.is-here')) old.classList.remove('is-here')
    const found = uid && document.querySelector(`.map-rows__row[data-uid="${CSS.escape(uid)}"]`)
    found?.classList.add('is-here')
    found?.scrollIntoView({ block: 'nearest' })
  }
  return { ring, row, stop: () => ring(null) }
}
