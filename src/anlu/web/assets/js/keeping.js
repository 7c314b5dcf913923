// A form with files, or one that stood open for long, is sent by the page itself, so that nothing chosen or written is
// lost when it is not taken: refused, busy, too large, no network, session over. All others the browser sends.
import { ask } from './dialogs.js'
import { guardForms } from './forms.js'
import { reasons } from './requests.js'
import { tell } from './toasts.js'
import { word } from './words.js'

const longMs = 5 * 60 * 1000
const filesOf = (form) => [...form.querySelectorAll('input[type=file]')].filter((one) => one.files.length)
const isKept = (form) => form.matches('form[data-guard]') && form.method === 'post' && !form.target
  && (filesOf(form).length > 0 || performance.now() > longMs)

const page = async (answer) => new DOMParser().parseFromString(await answer.text(), 'text/html')

function send(form, submitter) {
  const body = new FormData(form, submitter)
  const address = submitter?.hasAttribute('formaction') ? submitter.formAction : form.getAttribute('action') || location.href
  return fetch(address, { method: 'POST', body, headers: { 'X-Kept-Form': '1' } })
}

/** The token of the session of now: signing in again, even in another window, gives a new one. False without a session. */
async function renewed() {
  const answer = await fetch(location.href)
  const token = answer.ok && (await page(answer)).querySelector('.frame [name=csrfmiddlewaretoken]')?.value
  for (const field of token ? document.querySelectorAll('[name=csrfmiddlewaretoken]') : []) field.value = token
  return Boolean(token)
}

async function askForSignIn() {
  const confirm = word('填写的内容和选好的文件都还在。在新窗口登录以后，回到这里再提交一次。')
  if (await ask({ confirm, confirmTitle: word('登录已过期'), confirmLabel: word('去登录') })) window.open('/sign-in/')
}

/** The page that was answered in place of this one; files stay chosen. */
async function show(answer, form) {
  const fresh = (await page(answer)).querySelector('main#page')
  if (!fresh) return tell(reasons[answer.status] ?? word('没有办成（代码 {n}），请稍后再试。', { n: answer.status }))
  for (const old of filesOf(form)) {
    const place = fresh.querySelector(`input[type=file][name="${CSS.escape(old.name)}"]`)
    if (place) place.files = old.files
  }
  document.querySelector('main#page').replaceWith(fresh)
  guardForms(fresh, true)
  document.dispatchEvent(new Event('htmx:after:swap')) // islands
  scrollTo(0, 0)
  fresh.querySelector('.errors')?.focus()
}

/** What is too large to be taken (data-most-mb) is told before it is sent, at the top where other mistakes stand. */
function refusesTooLarge(form) {
  const large = filesOf(form).flatMap(({ files, dataset: { mostMb } }) => [...files].filter(({ size }) => size > mostMb * 1e6)
    .map(({ name }) => word('「{name}」超过 {value} MB，请压缩后再传', { name, value: mostMb })))
  form.querySelector(':scope > .errors')?.remove()
  if (!large.length) return false
  const box = Object.assign(document.createElement('div'), { className: 'errors', role: 'alert', tabIndex: -1 })
  const list = document.createElement('ul')
  list.append(...large.map((textContent) => Object.assign(document.createElement('li'), { textContent })))
  box.append(Object.assign(document.createElement('h2'), { textContent: word('文件太大') }), list)
  form.prepend(box)
  scrollTo(0, 0)
  box.focus()
  return true
}

async function keep(form, submitter) {
  let answer = await send(form, submitter)
  if (answer.headers.has('X-Forged') && await renewed()) answer = await send(form, submitter)
  if (answer.headers.has('X-Forged') || answer.status === 401) return askForSignIn()
  const next = answer.headers.get('X-Location')
  if (!next) return show(answer, form)
  form.dispatchEvent(new Event('kept'))
  location.assign(next)
  return new Promise(() => {}) // busy until the next page is there
}

async function holdSubmit(event) {
  const { target: form, submitter } = event
  if (event.defaultPrevented || !isKept(form)) return
  event.preventDefault()
  if (form.dataset.sending || refusesTooLarge(form)) return
  form.dataset.sending = '1'
  submitter?.setAttribute('aria-busy', 'true')
  try { await keep(form, submitter) } catch { tell(reasons[0]) }
  delete form.dataset.sending
  submitter?.removeAttribute('aria-busy')
}

export function startKeeping() {
  document.addEventListener('submit', holdSubmit)
}
