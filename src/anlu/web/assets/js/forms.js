// Forms: a second click does not send twice; leaving with unsaved changes asks; the first error gets the focus.
const sent = new WeakSet()

function sendOnce(event) {
  const form = event.target
  if (event.defaultPrevented || form.method !== 'post' || form.target) return
  if (sent.has(form)) return event.preventDefault()
  sent.add(form)
  event.submitter?.setAttribute('aria-busy', 'true')
}

function forgetSent(event) {
  if (!event.persisted) return
  for (const form of document.forms) sent.delete(form)
  for (const button of document.querySelectorAll('button[aria-busy]')) button.removeAttribute('aria-busy')
}

function guardChanges(form) {
  let changed = false
  form.addEventListener('input', () => { changed = true })
  form.addEventListener('submit', () => { changed = false })
  window.addEventListener('beforeunload', (event) => changed && form.isConnected && event.preventDefault())
}

export function startForms() {
  document.addEventListener('submit', sendOnce)
  window.addEventListener('pageshow', forgetSent)
  document.querySelectorAll('form[data-guard]').forEach(guardChanges)
  document.querySelector('.errors')?.focus()
}
