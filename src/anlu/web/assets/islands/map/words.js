// Text from the data as it may stand in HTML.
const signs = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const escaped = (words) => String(words).replace(/[&<>"']/g, (sign) => signs[sign])
