// Ledgers: a changed filter is applied at once, a click anywhere opens the row, the place in the list is kept.

/** Empty filters stay out of the address. */
function dropEmpty(event) {
  for (const [name, value] of [...event.formData]) {
    if (value !== '') continue
    const kept = event.formData.getAll(name).filter((other) => other !== '')
    event.formData.delete(name)
    for (const other of kept) event.formData.append(name, other)
  }
}

function applyFilter(event) {
  const form = event.target.closest('form[data-auto]')
  if (!form || event.target.matches('[type="text"], [type="search"], [type="checkbox"]')) return
  form.requestSubmit()
}

/** Several boxes may be ticked before the list is fetched: it is, when the sheet closes. */
function applyTicked(event) {
  const sheet = event.target
  if (!sheet.matches?.('form[data-auto] details.drop')) return
  const ticked = [...sheet.querySelectorAll('input:checked')].map((box) => box.value).join()
  if (sheet.open) sheet.dataset.before = ticked
  else if (sheet.dataset.before !== undefined && sheet.dataset.before !== ticked) sheet.closest('form').requestSubmit()
}

function openRow(event) {
  const row = event.target.closest('tr[data-href]')
  if (!row || event.defaultPrevented || event.button > 1) return
  if (event.target.closest('a, button, input, label, select, summary') || String(getSelection())) return
  if (event.button === 1 || event.ctrlKey || event.metaKey) window.open(row.dataset.href)
  else location.assign(row.dataset.href)
}

function countTicked(event) {
  const box = event.target
  const table = box.closest?.('[data-select]')
  if (!table || box.type !== 'checkbox') return
  const boxes = [...table.querySelectorAll('tbody input[type="checkbox"]')]
  if (box.closest('thead')) for (const other of boxes) other.checked = box.checked
  const ticked = boxes.filter((other) => other.checked)
  for (const other of boxes) other.closest('tr').setAttribute('aria-selected', other.checked)
  const all = table.querySelector('thead input[type="checkbox"]')
  all.checked = ticked.length === boxes.length
  all.indeterminate = ticked.length > 0 && !all.checked
  const bar = table.querySelector('[data-bulk]')
  if (!bar) return
  bar.hidden = ticked.length === 0
  bar.querySelector('[data-bulk-count]').textContent = ticked.length
}

/** The scrolled place and the opened row of each list, for the way back. */
const placeKey = () => `anlu.place:${location.pathname}${location.search}`

function keepPlace(row) {
  const box = document.querySelector('.table-box')
  if (box) sessionStorage.setItem(placeKey(), JSON.stringify({ top: box.scrollTop, href: row?.dataset.href ?? null }))
}

function findPlace() {
  const box = document.querySelector('.table-box')
  const [visit] = performance.getEntriesByType('navigation')
  const kept = box && visit?.type === 'back_forward' && sessionStorage.getItem(placeKey())
  if (!kept) return
  const { top, href } = JSON.parse(kept)
  box.scrollTop = top
  const row = href && box.querySelector(`tr[data-href="${CSS.escape(href)}"]`)
  row?.classList.add('is-here')
}

export function startLedgers() {
  document.addEventListener('formdata', (event) => event.target.matches('form[data-auto]') && dropEmpty(event))
  document.addEventListener('change', applyFilter)
  document.addEventListener('change', countTicked)
  document.addEventListener('toggle', applyTicked, true)
  document.addEventListener('click', (event) => {
    const row = event.target.closest('tr[data-href]')
    if (row) keepPlace(row)
  }, true)
  document.addEventListener('click', openRow)
  document.addEventListener('auxclick', (event) => event.button === 1 && openRow(event))
  findPlace()
}
