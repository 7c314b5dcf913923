// A changed condition changes the map where it stands: the page is fetched again, its conditions, legend and options
// replace the old ones, and the map keeps its place. Without scripts the same links and forms load the page.

const parts = ['map-filters', 'map-controls', 'map-legend', 'map-note', 'map-to-list', 'map-to-print']

function optionsIn(page) {
  const data = page.getElementById('map-options')
  return data ? JSON.parse(data.textContent) : null
}

/** What a person had open or was typing in stays so. */
function swap(name, page) {
  const [old, fresh] = [document.getElementById(name), page.getElementById(name)]
  if (!old || !fresh) return
  const wasOpen = old.querySelector('.filters__more')?.open
  const field = old.contains(document.activeElement) ? document.activeElement.name : ''
  old.replaceWith(document.adoptNode(fresh))
  const more = fresh.querySelector('.filters__more')
  if (more && wasOpen) more.open = true
  if (field) fresh.querySelector(`[name="${CSS.escape(field)}"]`)?.focus()
}

function swapMessages(page) {
  const [old, fresh] = [document, page].map((one) => one.querySelector('main .messages'))
  if (old) old.remove()
  if (fresh) document.querySelector('main .page__body')?.before(document.adoptNode(fresh))
}

export function startFollowing(element, options, apply) {
  let turn = 0
  const load = async (address, push) => {
    const mine = ++turn
    const response = await fetch(address, { headers: { Accept: 'text/html' } }).catch(() => null)
    if (mine !== turn) return
    const page = response?.ok && new DOMParser().parseFromString(await response.text(), 'text/html')
    const fresh = page && optionsIn(page)
    if (!fresh) return location.assign(address)
    if (mine !== turn) return
    parts.forEach((name) => swap(name, page))
    swapMessages(page)
    Object.assign(options, { ...fresh, overlays: options.overlays, within: fresh.within ?? null })
    if (push) history.pushState(null, '', address)
    document.dispatchEvent(new CustomEvent('anlu:map-changed'))
    apply()
  }
  const own = (form) => form.closest('#map-filters') || form.matches('[data-map-form]')
  const submit = (event) => {
    if (event.defaultPrevented || !own(event.target)) return
    event.preventDefault()
    load(`${location.pathname}?${new URLSearchParams(new FormData(event.target))}`, true)
  }
  const click = (event) => {
    const link = event.target.closest?.('#map-filters .chips a[href], a[data-map-link]')
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    load(link.href, true)
  }
  const back = () => load(location.href, false)
  /** The same page with some parameters set or, where null, taken away. */
  const change = (values) => {
    const address = new URL(location.href)
    for (const [name, value] of Object.entries(values)) {
      if (value === null) address.searchParams.delete(name)
      else address.searchParams.set(name, value)
    }
    return load(address.pathname + address.search, true)
  }
  if (!options.listUrl) return { change, stop: () => {} }
  document.addEventListener('submit', submit)
  document.addEventListener('click', click)
  window.addEventListener('popstate', back)
  return {
    change,
    stop: () => {
      document.removeEventListener('submit', submit)
      document.removeEventListener('click', click)
      window.removeEventListener('popstate', back)
    },
  }
}
