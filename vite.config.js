// One small build: styles, page behaviour and the two islands become hashed files under web/static/dist,
// which Django finds through manifest.json (templatetags/assets.py). Nothing here runs at run time.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig } from 'vite'

const sources = resolve(import.meta.dirname, 'src/anlu/web/assets')
const icons = resolve(import.meta.dirname, 'node_modules/@tabler/icons/icons/outline')

/** One SVG file with a <symbol> for each name in icons.json; templates refer to it with <use>. And the page's sign. */
function iconSprite() {
  const symbol = (name) => {
    const drawing = readFileSync(resolve(icons, `${name}.svg`), 'utf8')
    const body = drawing.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '').replace(/<path stroke="none"[^>]*\/>/, '')
    return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, '')}</symbol>`
  }
  return {
    name: 'anlu-icon-sprite',
    buildStart() {
      this.addWatchFile(resolve(sources, 'icons.json'))
    },
    generateBundle() {
      const names = JSON.parse(readFileSync(resolve(sources, 'icons.json'), 'utf8'))
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join('')}</svg>`
      this.emitFile({ type: 'asset', name: 'icons.svg', originalFileName: 'icons.svg', source })
      const sign = readFileSync(resolve(sources, 'favicon.svg'))
      this.emitFile({ type: 'asset', name: 'favicon.svg', originalFileName: 'favicon.svg', source: sign })
    },
  }
}

/** Beside every file that is worth it a .gz and a .br, which the server sends to browsers that take them. */
function packed() {
  const worth = /\.(js|mjs|css|svg)$/
  return {
    name: 'anlu-packed',
    writeBundle({ dir }) {
      for (const name of readdirSync(dir).filter((one) => worth.test(one))) {
        const plain = readFileSync(resolve(dir, name))
        if (plain.length < 1000) continue
        const hints = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }
        writeFileSync(resolve(dir, `${name}.br`), brotliCompressSync(plain, hints))
        writeFileSync(resolve(dir, `${name}.gz`), gzipSync(plain, { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  root: sources,
  base: './', // addresses relative to the importing file: any STATIC_URL works
  publicDir: false,
  plugins: [iconSprite(), packed()],
  worker: { format: 'es' }, // maplibre-gl 6 is ESM only, so is its worker
  build: {
    outDir: resolve(import.meta.dirname, 'src/anlu/web/static/dist'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsDir: '.',
    assetsInlineLimit: 0,
    target: ['chrome111', 'firefox115', 'safari16.4'],
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: {
        app: resolve(sources, 'js/app.js'),
        style: resolve(sources, 'css/app.css'),
      },
    },
  },
})
