// Reporting a hazard step by step. Whatever cannot be sent is kept in the browser (IndexedDB) and sent when there is a network
// again; a draft carries its number, so that the server knows one that arrives twice. Drafts belong to the person who wrote
// them (`options.who`): whoever signs in next at the same machine neither sees nor sends them.
import { tell } from '../js/toasts.js'

const STORE = 'drafts'

function database() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open('anlu-reports', 2)
    asked.onupgradeneeded = () => {
      for (const old of [...asked.result.objectStoreNames]) asked.result.deleteObjectStore(old) // nobody knows whose
      asked.result.createObjectStore(STORE, { keyPath: ['who', 'id'] })
    }
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error)
  })
}

async function inStore(mode, act) {
  const opened = await database()
  try {
    return await new Promise((done, failed) => {
      const transaction = opened.transaction(STORE, mode)
      const asked = act(transaction.objectStore(STORE))
      transaction.oncomplete = () => done(asked.result)
      transaction.onerror = () => failed(transaction.error)
    })
  } finally {
    opened.close()
  }
}

/** The drafts of one person. */
const draftsOf = (who) => ({
  all: () => inStore('readonly', (store) => store.getAll(IDBKeyRange.bound([who], [who, []]))),
  keep: (draft) => inStore('readwrite', (store) => store.put({ ...draft, who })),
  drop: (id) => inStore('readwrite', (store) => store.delete([who, id])),
})

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function line(label, value, note = '', tone = '') {
  const row = Object.assign(document.createElement('div'), { className: 'facts__fact' })
  const term = Object.assign(document.createElement('dt'), { textContent: label })
  const said = document.createElement('dd')
  said.append(Object.assign(document.createElement('b'), { textContent: value, className: tone }))
  if (note) said.append(' ', Object.assign(document.createElement('small'), { textContent: note }))
  row.append(term, said)
  return row
}

export default function mountReport(element, options) {
  const { words, who } = options
  const drafts = draftsOf(who)
  const form = element.closest('form')
  const one = (name) => form.querySelector(`[data-${name}]`)
  const steps = [...form.querySelectorAll('[data-step]')]
  const photos = form.elements.photos
  const stop = new AbortController()
  const on = (target, what, act) => target.addEventListener(what, act, { signal: stop.signal })
  let step = 0
  let pictures = []

  // ---------------------------------------------------------------------------------------------- steps
  function show(next) {
    step = Math.max(0, Math.min(next, steps.length - 1))
    steps.forEach((part, place) => { part.hidden = place !== step })
    ;[...one('bars').children].forEach((bar, place) => bar.classList.toggle('is-done', place <= step))
    one('back').hidden = step === 0
    one('next').hidden = step === steps.length - 1
    one('send').hidden = step !== steps.length - 1
    one('next').textContent = step === 0 ? words.nextKind : words.nextLook
    if (step === steps.length - 1) look()
    window.scrollTo(0, 0)
    if (step === 1) window.dispatchEvent(new Event('resize')) // the map was hidden when it was drawn
  }

  function missing() {
    if (step === 1 && !form.elements.kind.value) return words.noKind
    const placed = form.elements.lon.value || form.elements.road.value || form.elements.town.value
    if (step === 1 && !placed) return words.noPlace
    return ''
  }

  // ---------------------------------------------------------------------------------------------- photographs
  function showPictures() {
    const box = one('shots')
    box.replaceChildren(...pictures.map((file, place) => {
      const figure = Object.assign(document.createElement('figure'), { className: 'report__shot' })
      const image = Object.assign(document.createElement('img'), { alt: file.name, src: URL.createObjectURL(file) })
      image.addEventListener('load', () => URL.revokeObjectURL(image.src), { once: true })
      const remove = Object.assign(document.createElement('button'), { type: 'button', textContent: '×' })
      remove.setAttribute('aria-label', words.dropPhoto)
      remove.addEventListener('click', () => { pictures.splice(place, 1); showPictures() })
      figure.append(image, remove)
      return figure
    }))
  }
  on(photos, 'change', () => {
    pictures = pictures.concat([...photos.files]) // as taken: their time and place are compared with the hazard
    photos.value = ''
    showPictures()
  })

  // ---------------------------------------------------------------------------------------------- kind, place
  function showFacts() {
    for (const part of form.querySelectorAll('[data-facts]')) {
      const chosen = part.dataset.facts === form.elements.kind.value
      part.hidden = !chosen
      for (const field of part.querySelectorAll('input')) field.disabled = !chosen
    }
  }
  on(form, 'change', (event) => { if (event.target.name === 'kind') showFacts() })

  function locate() {
    const said = one('accuracy')
    said.textContent = words.locating
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements.lon.value = coords.longitude.toFixed(7)
      form.elements.lat.value = coords.latitude.toFixed(7)
      form.elements.lat.dispatchEvent(new Event('change')) // the map goes there
      form.elements.accuracy_m.value = coords.accuracy.toFixed(0)
      said.textContent = `${words.located} ±${coords.accuracy.toFixed(0)} m`
    }, () => { said.textContent = words.notLocated }, { enableHighAccuracy: true, timeout: 15_000 })
  }

  // ---------------------------------------------------------------------------------------------- a look
  async function look() {
    const box = one('look')
    const near = one('near')
    near.hidden = true
    box.replaceChildren(line(words.photos, `${pictures.length}`))
    const query = new URLSearchParams([...content()].filter(([, value]) => typeof value === 'string' && value))
    query.delete('csrfmiddlewaretoken')
    try {
      const answer = await fetch(`${options.look}?${query}`, { headers: { Accept: 'application/json' } })
      const found = await answer.json()
      if (!answer.ok || found.problem) throw new Error(found.problem)
      box.replaceChildren(
        line(words.kind, found.kind, `${pictures.length} ${words.pieces}`),
        line(words.place, found.place, found.town),
        line(words.grade, `${words.suggested} ${found.grade}`, found.grade_why),
        line(words.responsible, found.responsible, found.responsible_why),
        line(words.limit, found.limit),
        line(words.then, found.squadron, words.checks),
      )
      near.hidden = !found.near.length
      near.replaceChildren(...found.near.flatMap((other) => {
        const link = Object.assign(document.createElement('a'), { href: other.url, textContent: `${other.number} ${other.title}` })
        return [Object.assign(document.createElement('b'), { textContent: words.near }), ' ', link, ` ${other.distance} `]
      }))
    } catch {
      box.append(line(words.look, words.noLook))
    }
  }

  // ---------------------------------------------------------------------------------------------- sending
  function content() {
    const data = new FormData(form)
    data.delete('photos')
    for (const file of pictures) data.append('photos', file, file.name)
    return data
  }

  async function send(data) {
    data.set('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value)
    const answer = await fetch(options.send, { method: 'POST', body: data, headers: { Accept: 'application/json' } })
    if (answer.redirected || !answer.headers.get('Content-Type')?.includes('json')) throw new Error('signed out')
    return { ok: answer.ok, ...await answer.json() }
  }

  async function keep(data) {
    const id = data.get('client_uid') || newId()
    data.set('client_uid', id)
    await drafts.keep({ id, at: Date.now(), entries: [...data].filter(([name]) => name !== 'csrfmiddlewaretoken') })
    form.reset()
    pictures = []
    showPictures()
    form.elements.client_uid.value = newId()
    showFacts()
    show(0)
    await list()
  }

  on(form, 'submit', async (event) => {
    event.preventDefault()
    const data = content()
    one('send').disabled = true
    try {
      const sent = await send(data)
      if (sent.ok) location.assign(sent.url)
      else tell(sent.problem)
    } catch {
      await keep(data)
      tell(words.kept)
    } finally {
      one('send').disabled = false
    }
  })
  on(one('keep'), 'click', async () => { await keep(content()); tell(words.draft) })
  on(one('next'), 'click', () => { const why = missing(); if (why) tell(why); else show(step + 1) })
  on(one('back'), 'click', () => show(step - 1))

  // ---------------------------------------------------------------------------------------------- drafts
  async function list() {
    const known = await drafts.all()
    one('drafts').hidden = !known.length
    one('draft-list').replaceChildren(...known.map((draft) => {
      const row = Object.assign(document.createElement('li'), { className: 'lines__line' })
      const shots = draft.entries.filter(([name]) => name === 'photos').length
      const time = new Date(draft.at).toLocaleString('zh-CN', { dateStyle: 'short', timeStyle: 'short' })
      const what = Object.assign(document.createElement('span'), { className: 'lines__what', textContent: `${time} · ${shots} ${words.pieces}` })
      const now = Object.assign(document.createElement('button'), { type: 'button', className: 'button button--small', textContent: words.send })
      now.addEventListener('click', () => sendOne(draft, true))
      const drop = Object.assign(document.createElement('button'), { type: 'button', className: 'button button--small', textContent: words.remove })
      drop.addEventListener('click', async () => { await drafts.drop(draft.id); list() })
      row.append(what, now, drop)
      return row
    }))
  }

  async function sendOne(draft, loud = false) {
    const data = new FormData()
    for (const [name, value] of draft.entries) data.append(name, value)
    try {
      const sent = await send(data)
      if (!sent.ok) { if (loud) tell(sent.problem); return }
      await drafts.drop(draft.id)
      tell(`${words.sent} ${sent.number}`)
      await list()
    } catch {
      if (loud) tell(words.noNetwork)
    }
  }

  async function sendAll() {
    one('offline').hidden = navigator.onLine
    if (!navigator.onLine) return
    for (const draft of await drafts.all()) {
      if (draft.entries.some(([name, value]) => name === 'kind' && value)) await sendOne(draft)
    }
  }
  on(window, 'online', sendAll)
  on(window, 'offline', sendAll)

  one('bars').hidden = false
  one('keep').hidden = false
  one('locate').hidden = !navigator.geolocation
  on(one('locate'), 'click', locate)
  showFacts()
  show(0)
  list().then(sendAll)
  return () => stop.abort()
}
