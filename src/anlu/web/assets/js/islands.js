// Islands: <div data-island="map|chart|pick"> with its options in a JSON <script> inside or right after it.
// The code of an island is fetched only by pages that have one.
const kinds = {
  map: () => import('../islands/map.js'),
  chart: () => import('../islands/chart.js'),
  pick: () => import('../islands/pick.js'),
  report: () => import('../islands/report.js'),
}

const mounted = new Map()

function optionsOf(element) {
  const data = element.querySelector(':scope > script[type="application/json"]') ?? element.nextElementSibling
  return data?.matches('script[type="application/json"]') ? JSON.parse(data.textContent) : {}
}

async function mount(element) {
  if (mounted.has(element)) return
  mounted.set(element, () => {})
  const options = optionsOf(element)
  const { default: island } = await kinds[element.dataset.island]()
  if (element.isConnected) mounted.set(element, island(element, options))
}

function unmountGone() {
  for (const [element, stop] of mounted) {
    if (element.isConnected) continue
    mounted.delete(element)
    stop()
  }
}

function mountAll() {
  unmountGone()
  for (const element of document.querySelectorAll('[data-island]')) mount(element)
}

export function startIslands() {
  mountAll()
  document.addEventListener('htmx:after:swap', mountAll)
}
