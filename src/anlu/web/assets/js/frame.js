// The frame: menu folded or not, sheets that close when one clicks elsewhere.
// Choices are kept in cookies, so that the server draws the page that way at once and nothing jumps.
const root = document.documentElement
const year = 365 * 24 * 3600

function remember(name, value) {
  document.cookie = `${name}=${value};path=/;max-age=${value ? year : 0};samesite=lax`
}

function foldMenu() {
  const folded = root.dataset.menu !== 'icons'
  if (folded) root.dataset.menu = 'icons'
  else delete root.dataset.menu
  remember('anlu_menu', folded ? 'icons' : '')
  for (const group of openFlyouts()) group.open = false
  if (!folded) document.querySelector('.menu__group--here')?.setAttribute('open', '')
}

const isFolded = () => root.dataset.menu === 'icons' && matchMedia('(width > 960px)').matches
const openFlyouts = () => (isFolded() ? document.querySelectorAll('.menu__group[open]') : [])

/** Sheets and, in the folded menu, groups: only the one being used stays open. */
function closeOthers(target) {
  const open = [...document.querySelectorAll('details.drop[open], details.person[open]'), ...openFlyouts()]
  for (const sheet of open) if (!sheet.contains(target)) sheet.open = false
}

function closeDrawer() {
  const drawer = document.querySelector('.menu__switch')
  if (drawer?.checked) drawer.checked = false
}

export function startFrame() {
  for (const group of openFlyouts()) group.open = false
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-fold-menu]')) foldMenu()
    if (event.target.closest('[data-print]')) window.print()
    closeOthers(event.target)
  })
  document.addEventListener('focusin', (event) => closeOthers(event.target))
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    const sheet = event.target.closest?.('details.drop[open], details.person[open]')
    sheet?.querySelector('summary')?.focus()
    closeOthers(null)
    closeDrawer()
  })
}
