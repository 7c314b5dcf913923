// htmx: fragments of the same pages. It is configured by <meta name="htmx-config"> in base.html.
import htmx from 'htmx.org'
import { tell } from './toasts.js'
import { word } from './words.js'

export const reasons = {
  0: word('连不上服务器，请检查网络后再试。'),
  403: word('没有办理这一项的权限，或登录已过期。请刷新页面后再试。'),
  404: word('这一项不存在，或不在您的管辖范围内。'),
  409: word('别人刚刚改过这一项，请刷新页面后再试。'),
  413: word('文件太大，服务器没有接收。'),
  503: word('同时办理的人太多，这次没有保存，填写的内容还在，请稍后再试。'),
}

/** One thin bar at the top while anything is on its way; polling (data-quiet) does not show it. */
const bar = Object.assign(document.createElement('div'), { className: 'loading' })
let pending = 0

function count(step) {
  pending = Math.max(0, pending + step)
  if (pending) document.body.append(bar)
  else bar.remove()
}

const isQuiet = (event) => event.target.closest?.('[data-quiet]')

/** A session that ended answers with the sign-in page: load that, do not put it into a fragment. */
function leaveForSignIn(event) {
  const { response, text } = event.detail.ctx
  if (!response.raw.redirected || !text.includes('data-page="signin"')) return
  event.preventDefault()
  location.reload()
}

export function startRequests() {
  window.htmx = htmx
  document.addEventListener('htmx:config:request', (event) => {
    const { request } = event.detail.ctx
    const token = document.querySelector('meta[name="csrf-token"]')?.content
    if (token && !/^(GET|HEAD|OPTIONS)$/i.test(request.method)) request.headers['X-CSRFToken'] = token
  })
  document.addEventListener('htmx:before:request', (event) => isQuiet(event) || count(1))
  document.addEventListener('htmx:finally:request', (event) => isQuiet(event) || count(-1))
  document.addEventListener('htmx:after:request', leaveForSignIn)
  document.addEventListener('htmx:error', () => tell(reasons[0]))
  document.addEventListener('htmx:response:error', (event) => {
    const { status } = event.detail.ctx.response
    if (status !== 422) tell(reasons[status] ?? word('没有办成（代码 {n}），请稍后再试。', { n: status }))
  })
}
