// The chart as a picture with its title and source, for a report: a button with data-chart-picture in the same card.
import { colours, sans } from '../colours.js'
import { word } from '../../js/words.js'

function compose(chart, element, title, source) {
  const picture = chart.getRenderedCanvas({ pixelRatio: 2 })
  const colour = colours(element)
  const [head, foot] = [title ? 72 : 16, source ? 52 : 16]
  const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height + head + foot })
  const pen = canvas.getContext('2d')
  pen.fillStyle = colour.surface
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(picture, 0, head)
  pen.fillStyle = colour.text
  pen.font = `600 30px ${sans}`
  pen.fillText(title, 24, 46, canvas.width - 48)
  pen.fillStyle = colour['text-3']
  pen.font = `22px ${sans}`
  pen.fillText(source, 24, canvas.height - 18, canvas.width - 48)
  return canvas
}

const words = (card, selector) => card?.querySelector(selector)?.textContent.trim().replace(/\s+/g, ' ') ?? ''

export function startPicture(element, chart) {
  const card = element.closest('.card')
  const button = card?.querySelector('[data-chart-picture]')
  if (!button) return () => {}
  const save = () => {
    const title = words(card, 'h2, h3')
    compose(chart, element, title, words(card, '.source')).toBlob((blob) => {
      const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: `${title || word('图')}.png` })
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 1000)
    })
  }
  button.hidden = false
  button.addEventListener('click', save)
  return () => button.removeEventListener('click', save)
}
