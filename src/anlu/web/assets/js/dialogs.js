// Deleting and sending ask first: data-confirm on a form, a button or a link says how many and to whom.
// data-confirm-label names the deed on the button; data-confirm-danger makes it red.
import { word } from './words.js'

/** Resolves to true when the person agrees. */
export function ask({ confirm, confirmTitle, confirmLabel, confirmDanger }) {
  const dialog = Object.assign(document.createElement('dialog'), { className: 'dialog' })
  const body = Object.assign(document.createElement('div'), { className: 'dialog__body' })
  if (confirmTitle) body.append(Object.assign(document.createElement('h2'), { textContent: confirmTitle }))
  body.append(Object.assign(document.createElement('p'), { textContent: confirm }))
  const form = Object.assign(document.createElement('form'), { method: 'dialog', className: 'dialog__actions' })
  const no = Object.assign(document.createElement('button'), { className: 'button', value: '', textContent: word('取消') })
  const kind = confirmDanger === undefined ? 'button--primary' : 'button--danger-fill'
  const yes = Object.assign(document.createElement('button'), { className: `button ${kind}`, value: 'yes', textContent: confirmLabel || word('确定') })
  form.append(no, yes)
  dialog.append(body, form)
  document.body.append(dialog)
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes')
      dialog.remove()
    })
    dialog.showModal()
    no.focus()
  })
}

const agreed = new WeakSet()

async function holdSubmit(event) {
  const form = event.target
  const asking = event.submitter?.dataset.confirm ? event.submitter : form
  if (!asking.dataset.confirm || agreed.delete(form)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (!(await ask(asking.dataset))) return
  agreed.add(form)
  form.requestSubmit(event.submitter)
}

async function holdLink(event) {
  const link = event.target.closest('a[data-confirm]')
  if (!link) return
  event.preventDefault()
  if (await ask(link.dataset)) location.assign(link.href)
}

async function holdRequest(event) {
  const { ctx, issueRequest, dropRequest } = event.detail
  if (!ctx.confirm) return
  event.preventDefault()
  if (await ask({ ...ctx.sourceElement.dataset, confirm: ctx.confirm })) issueRequest()
  else dropRequest()
}

export function startDialogs() {
  document.addEventListener('submit', holdSubmit, true)
  document.addEventListener('click', holdLink)
  document.addEventListener('htmx:confirm', holdRequest)
}
