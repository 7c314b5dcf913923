// A box in the heading of a group ticks all boxes of the group, and shows whether all, some or none are ticked.
const boxesOf = (all) => [...all.closest('[data-ticks]').querySelectorAll('input[name]')]

function show(all) {
  const boxes = boxesOf(all)
  const ticked = boxes.filter((box) => box.checked).length
  all.checked = ticked === boxes.length
  all.indeterminate = ticked > 0 && !all.checked
}

export function startTicks() {
  const alls = [...document.querySelectorAll('[data-ticks-all]')]
  for (const all of alls) {
    all.hidden = false
    show(all)
  }
  document.addEventListener('change', (event) => {
    if (alls.includes(event.target)) for (const box of boxesOf(event.target)) box.checked = event.target.checked
    alls.forEach(show)
  })
}
