// When nothing can be drawn, the map says so and what to do.

export function canDraw() {
  const context = document.createElement('canvas').getContext('webgl2')
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return context !== null
}

export function showTrouble(element) {
  const box = Object.assign(document.createElement('div'), { className: 'island__trouble' })
  box.setAttribute('role', 'alert')
  const title = Object.assign(document.createElement('h3'), { textContent: '这台电脑的浏览器画不出地图' })
  const words = Object.assign(document.createElement('p'), {
    textContent: '没有启用 WebGL。请换用新版 Edge 或 Chrome，或在浏览器设置中打开“使用硬件加速”后刷新本页。同样的记录可以在台账里查看。',
  })
  box.append(title, words)
  element.append(box)
  element.dataset.trouble = 'webgl'
  return () => box.remove()
}
