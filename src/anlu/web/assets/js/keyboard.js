// Keys: / goes to the search, j and k walk the rows of a ledger, Enter opens the row, x ticks it, ? lists the keys.
// A dialog that has just been closed keeps the focus until the page is next drawn: keys then belong to the page already.
// A ticked box or a chosen option takes no letters: keys work there too.
const TYPED = 'input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable], dialog[open]'
const typing = (element) => element.closest?.(TYPED)

const rowLink = (row) => row.querySelector('a[href]')

function step(direction) {
  const rows = [...document.querySelectorAll('.table tbody tr')].filter((row) => row.dataset.href && rowLink(row))
  if (!rows.length) return false
  const here = rows.findIndex((row) => row.contains(document.activeElement))
  const next = here < 0 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, here + direction))]
  rowLink(next).focus({ preventScroll: true })
  next.scrollIntoView({ block: 'nearest' })
  return true
}

function search() {
  const box = document.querySelector('.bar__search input')
  if (!box?.offsetParent) return false
  box.focus()
  box.select()
  return true
}

function tick() {
  const box = document.activeElement?.closest?.('.table tbody tr')?.querySelector('.is-check input')
  box?.click()
  return Boolean(box)
}

function help() {
  const dialog = document.getElementById('keys')
  dialog?.showModal()
  return Boolean(dialog)
}

const keys = { '/': search, j: () => step(1), k: () => step(-1), x: tick, '?': help }

export function startKeyboard() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
    if (keys[event.key]?.()) event.preventDefault()
  })
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-open-keys]')) help()
  })
}
