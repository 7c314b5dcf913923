// The tokens of css/tokens.css as concrete colours, for what is drawn on a canvas.

/** Tokens by name as rgb(), as they look where `element` stands, in light or dark. */
export function tokens(element, names) {
  const probe = document.createElement('span')
  element.append(probe)
  const read = (name) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const result = Object.fromEntries(names.map((name) => [name, read(name)]))
  probe.remove()
  return result
}

/** The tokens that charts and maps are drawn in. */
export function colours(element) {
  return tokens(element, [
    'ground', 'surface', 'line', 'row-line', 'control-line', 'text', 'text-2', 'text-3', 'accent', 'accent-fill', 'grey-soft',
    'chart-now', 'chart-bar', 'on-bar', 'chart-before', 'amber-dot', 'red-dot', 'green-dot', 'blue-dot', 'grey-dot',
    'severity-fatal', 'severity-serious', 'severity-slight', 'severity-damage',
    'ramp-1', 'ramp-2', 'ramp-3', 'ramp-4', 'ramp-5', 'ramp-6', 'map-land', 'map-edge', 'map-road', 'map-road-main',
    'shield-national', 'shield-provincial',
  ])
}

export const sans = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif'

/** Calls `redraw` when light becomes dark or the other way; returns how to stop. */
export function onThemeChange(redraw) {
  const media = matchMedia('(prefers-color-scheme: dark)')
  document.addEventListener('anlu:theme', redraw)
  media.addEventListener('change', redraw)
  return () => {
    document.removeEventListener('anlu:theme', redraw)
    media.removeEventListener('change', redraw)
  }
}
