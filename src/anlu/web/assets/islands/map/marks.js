// Marks, drawn on a canvas from the paths of web/marks.py: shape and colour together, with a pale rim so that they
// stand on any ground.
import { colours, sans, tokens } from '../colours.js'
import { addShields } from './ground.js'

const size = 22
const ratio = 2

function draw({ path, hollow, word }, colour, rim) {
  const canvas = Object.assign(document.createElement('canvas'), { width: size * ratio, height: size * ratio })
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  const shape = new Path2D(path)
  pen.scale(ratio, ratio)
  pen.lineJoin = 'round'
  pen.strokeStyle = rim
  pen.lineWidth = hollow ? 4.5 : 3
  pen.stroke(shape)
  pen.fillStyle = hollow ? rim : colour
  pen.fill(shape)
  if (hollow) {
    pen.strokeStyle = colour
    pen.lineWidth = 2
    pen.stroke(shape)
  }
  if (word) {
    pen.fillStyle = '#fff'
    pen.font = `600 12px ${sans}`
    pen.textAlign = 'center'
    pen.fillText(word, 11, 15.3)
  }
  return pen.getImageData(0, 0, canvas.width, canvas.height)
}

export function addMarks(map, element, { marks = {} }) {
  const colour = colours(element)
  const own = tokens(element, [...new Set(Object.values(marks).map((mark) => mark.colour))])
  for (const [name, mark] of Object.entries(marks)) {
    const image = draw(mark, own[mark.colour], colour.surface)
    if (map.hasImage(name)) map.updateImage(name, image)
    else map.addImage(name, image, { pixelRatio: ratio })
  }
  addShields(map, colour)
}
