// What the scripts say, in the language of the page: the Chinese stands in the code, the English comes with the page.
const element = document.getElementById('words')
const english = element ? JSON.parse(element.textContent) : {}

/** `text` in the language of the page, `{name}` in it replaced by `values.name`. */
export function word(text, values = {}) {
  return (english[text] ?? text).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place)
}

/** A number with its unit: 6起, or "6 crashes" where words are set apart. */
export const counted = (number, unit = '') => (/^[a-z]/i.test(unit) ? `${number} ${unit}` : `${number}${unit}`)
