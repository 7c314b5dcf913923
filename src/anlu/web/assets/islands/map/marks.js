// Marks of severity, drawn on a canvas: shape and colour together, with a pale rim so that they stand on any ground.
import { colours } from '../colours.js'
import { addShields } from './ground.js'

const size = 22
const ratio = 2

const shapes = {
  fatal(pen) { polygon(pen, [[11, 2.5], [19.5, 11], [11, 19.5], [2.5, 11]]) },
  serious(pen) { polygon(pen, [[11, 3.5], [19, 18], [3, 18]]) },
  slight(pen) { pen.arc(11, 11, 5.6, 0, 2 * Math.PI) },
  damage(pen) { pen.rect(6.8, 6.8, 8.4, 8.4) },
}

function polygon(pen, corners) {
  corners.forEach(([x, y], place) => (place ? pen.lineTo(x, y) : pen.moveTo(x, y)))
  pen.closePath()
}

function draw(shape, colour, rim, hollow) {
  const canvas = Object.assign(document.createElement('canvas'), { width: size * ratio, height: size * ratio })
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  pen.scale(ratio, ratio)
  pen.lineJoin = 'round'
  pen.beginPath()
  shape(pen)
  pen.strokeStyle = rim
  pen.lineWidth = hollow ? 4.5 : 3
  pen.stroke()
  pen.fillStyle = hollow ? rim : colour
  pen.fill()
  if (hollow) {
    pen.strokeStyle = colour
    pen.lineWidth = 2
    pen.stroke()
  }
  return pen.getImageData(0, 0, canvas.width, canvas.height)
}

export function addMarks(map, element) {
  const colour = colours(element)
  for (const [name, shape] of Object.entries(shapes)) {
    const image = draw(shape, colour[`severity-${name}`], colour.surface, name === 'damage')
    if (map.hasImage(name)) map.updateImage(name, image)
    else map.addImage(name, image, { pixelRatio: ratio })
  }
  addShields(map, colour)
}
