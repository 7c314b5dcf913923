// Short messages of the page itself, in the corner; they stay until closed when something went wrong.
import { word } from './words.js'
const staySeconds = 6

export function tell(text, kind = 'error') {
  const message = document.createElement('div')
  message.className = `message message--${kind}`
  const words = Object.assign(document.createElement('span'), { textContent: text })
  const close = Object.assign(document.createElement('button'), { type: 'button', className: 'message__close', textContent: '✕' })
  close.setAttribute('aria-label', word('关闭'))
  close.dataset.close = ''
  message.append(words, close)
  corner().append(message)
  if (kind !== 'error') setTimeout(() => message.remove(), staySeconds * 1000)
}

function corner() {
  const found = document.querySelector('.toasts')
  if (found) return found
  const box = Object.assign(document.createElement('div'), { className: 'toasts' })
  box.setAttribute('role', 'status')
  return document.body.appendChild(box)
}

export function startToasts() {
  document.addEventListener('click', (event) => {
    event.target.closest('[data-close]')?.closest('.message')?.remove()
  })
}
