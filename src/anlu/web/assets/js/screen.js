// The big screen: one page after the other, calmly. It stands still while somebody points at it or has paused it, and for
// those who want no motion. After each round the numbers are fetched anew; when that fails the screen says so.
import { word } from './words.js'

const TURN_MS = 30_000
const REST_MS = 60_000 // after a key or a touch

export function startScreen() {
  const body = document.querySelector('[data-screen]')
  if (!body) return
  const pages = () => [...body.querySelectorAll('[data-screen-page]')]
  const turns = [...body.querySelectorAll('[data-screen-turn]')]
  const pause = body.querySelector('[data-screen-pause]')
  let place = 0
  let pointed = false
  let paused = matchMedia('(prefers-reduced-motion: reduce)').matches
  let next = Date.now() + TURN_MS

  function show(wanted) {
    const all = pages()
    if (!all.length) return
    place = (wanted + all.length) % all.length
    all.forEach((page, at) => page.classList.toggle('is-shown', at === place))
    turns.forEach((turn, at) => {
      if (at === place) turn.setAttribute('aria-current', 'true')
      else turn.removeAttribute('aria-current')
    })
    next = Date.now() + TURN_MS
    window.dispatchEvent(new Event('resize')) // charts that were drawn out of sight take their width
  }

  function hold(value) {
    paused = value
    body.classList.toggle('is-paused', paused)
    pause.setAttribute('aria-pressed', String(paused))
    pause.textContent = paused ? word('继续') : word('暂停')
    next = Date.now() + TURN_MS
  }

  async function refresh() {
    const stale = body.querySelector('[data-screen-stale]')
    try {
      const answer = await fetch(location.href, { redirect: 'error' })
      if (!answer.ok) throw new Error(String(answer.status))
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
      body.querySelector('#screen-main').replaceWith(fresh.querySelector('#screen-main'))
      body.querySelector('[data-screen-seen]').textContent = fresh.querySelector('[data-screen-seen]').textContent
      stale.hidden = true
      document.dispatchEvent(new Event('htmx:after:swap')) // the islands of the new pages
    } catch {
      stale.hidden = false
    }
  }

  function tell() {
    const clock = body.querySelector('[data-screen-clock]')
    if (clock) clock.textContent = new Date().toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' })
  }

  async function turn() {
    if (place + 1 === pages().length) await refresh()
    show(place + 1)
  }

  function act(action) {
    action()
    next = Date.now() + REST_MS
  }

  turns.forEach((one, at) => one.addEventListener('click', () => act(() => show(at))))
  pause.addEventListener('click', () => hold(!paused))
  body.addEventListener('pointerover', (event) => { pointed = event.pointerType === 'mouse' && event.target.closest('#screen-main') !== null })
  document.documentElement.addEventListener('pointerleave', () => { pointed = false })
  document.addEventListener('keydown', (event) => {
    if (event.target.closest?.('input, select, textarea')) return
    if (event.key === 'ArrowRight' || event.key === 'PageDown') act(() => show(place + 1))
    else if (event.key === 'ArrowLeft' || event.key === 'PageUp') act(() => show(place - 1))
    else if (event.key === ' ' && !event.target.closest?.('a, button')) { event.preventDefault(); hold(!paused) }
    else next = Math.max(next, Date.now() + REST_MS)
  })
  setInterval(() => {
    tell()
    if (paused || pointed || document.hidden || body.contains(document.activeElement?.closest('#screen-main a') ?? null)) return
    if (Date.now() >= next) { next = Date.now() + TURN_MS; turn() }
  }, 1000)
  tell()
  show(0)
  hold(paused)
}
