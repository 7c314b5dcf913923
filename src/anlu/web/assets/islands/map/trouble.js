// Where WebGL is missing the server draws the picture; its links move it about.
import { word } from '../../js/words.js'

export function canDraw() {
  const context = document.createElement('canvas').getContext('webgl2')
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return context !== null
}

export function showPicture(element, { drawnUrl }) {
  if (!drawnUrl) { element.hidden = true; return () => {} } // a map to click on: the place is typed
  element.dataset.trouble = 'webgl'
  const box = Object.assign(document.createElement('div'), { className: 'island__drawn' })
  element.append(box)
  const fetchPicture = async (address) => {
    const response = await fetch(address, { headers: { 'HX-Request': 'true' } }).catch(() => null)
    box.innerHTML = response?.ok ? await response.text() : `<p class="island__trouble">${word('连不上服务器，请检查网络后刷新本页。')}</p>`
    element.dataset.idle = '1'
  }
  const press = (event) => {
    const link = event.target.closest('[data-drawn-move]')
    if (!link) return
    event.preventDefault()
    fetchPicture(new URL(link.getAttribute('href'), new URL(drawnUrl, location.href)))
  }
  box.addEventListener('click', press)
  fetchPicture(drawnUrl)
  return () => box.remove()
}
