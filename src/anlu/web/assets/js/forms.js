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

function guardChanges(form, changed) {
  form.addEventListener('input', () => { changed = true })
  window.addEventListener('submit', (event) => { if (event.target === form && !event.defaultPrevented) changed = false })
  form.addEventListener('kept', () => { changed = false })
  window.addEventListener('beforeunload', (event) => changed && form.isConnected && event.preventDefault())
}

/** Leaving asks from now on; `changed` where what stands in the forms is not saved already. */
export function guardForms(within, changed = false) {
  for (const form of within.querySelectorAll('form[data-guard]')) guardChanges(form, changed)
}

export function startForms() {
  document.addEventListener('submit', sendOnce)
  window.addEventListener('pageshow', forgetSent)
  guardForms(document)
  document.querySelector('.errors')?.focus()
}
