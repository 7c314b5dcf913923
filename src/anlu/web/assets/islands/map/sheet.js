// On a phone the list is a sheet over the map: low, half or full, by tapping its grip or pulling it.
const heights = ['low', 'half', 'full']

export function startSheet(map) {
  const sheet = document.querySelector('.map-sheet')
  const grip = sheet?.querySelector('.map-sheet__grip')
  if (!grip) return () => {}
  const set = (height) => {
    sheet.dataset.height = height
    grip.setAttribute('aria-expanded', height !== 'low')
  }
  const step = (by) => set(heights[Math.min(2, Math.max(0, heights.indexOf(sheet.dataset.height) + by))])
  let from = null
  const press = (event) => { from = event.clientY; grip.setPointerCapture(event.pointerId) }
  const release = (event) => {
    if (from === null) return
    const by = from - event.clientY
    from = null
    if (Math.abs(by) < 8) set(heights[(heights.indexOf(sheet.dataset.height) + 1) % 3])
    else step(by > 0 ? (by > 260 ? 2 : 1) : (by < -260 ? -2 : -1))
  }
  const key = (event) => event.detail === 0 && set(heights[(heights.indexOf(sheet.dataset.height) + 1) % 3])
  const low = () => sheet.dataset.height === 'full' && set('half')
  set('low')
  grip.addEventListener('pointerdown', press)
  grip.addEventListener('pointerup', release)
  grip.addEventListener('click', key)
  document.addEventListener('anlu:map-place', low)
  map.on('dragstart', low)
  return () => {
    grip.removeEventListener('pointerdown', press)
    grip.removeEventListener('pointerup', release)
    grip.removeEventListener('click', key)
    document.removeEventListener('anlu:map-place', low)
  }
}
