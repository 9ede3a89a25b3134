// Builds chalicelib/static: `make assets`. Names hold a hash of the content, so they may be kept for ever.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { minify } from 'csso'
import { PurgeCSS } from 'purgecss'
import * as sass from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..')
const target = join(root, 'chalicelib', 'static')
const walk = folder => readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
  entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)])
const templates = walk(join(root, 'chalicelib', 'templates')).filter(name => name.endsWith('.jinja'))
// The components whose macros ui.html.jinja wraps: their class names stand in nhsuk's own templates.
const used = ['back-link', 'button', 'card', 'date-input', 'details', 'do-dont-list', 'error-message', 'error-summary',
  'fieldset', 'heading', 'hint', 'input', 'inset-text', 'label', 'legend', 'panel', 'radios', 'select', 'skip-link',
  'summary-list', 'textarea']
const components = used.flatMap(name => walk(join(here, 'node_modules/nhsuk-frontend/dist/nhsuk/components', name)))
  .filter(name => name.endsWith('.njk'))
const content = [...templates, ...components].map(name => ({ raw: readFileSync(name, 'utf8'), extension: 'html' }))

mkdirSync(target, { recursive: true })
for (const old of readdirSync(target)) rmSync(join(target, old))
const manifest = {}
const keep = (name, text) => {
  const [stem, kind] = name.split('.')
  const hashed = `${stem}.${createHash('sha256').update(text).digest('hex').slice(0, 12)}.${kind}`
  writeFileSync(join(target, hashed), text)
  manifest[name] = hashed
}
for (const sheet of ['patient', 'staff']) {
  const built = sass.compile(join(here, 'scss', `${sheet}.scss`), {
    loadPaths: [join(here, 'node_modules'), join(here, 'scss')], style: 'compressed', quietDeps: true, logger: sass.Logger.silent })
  const [purged] = await new PurgeCSS().purge({
    content, css: [{ raw: built.css }],
    defaultExtractor: text => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    safelist: { greedy: [/v-(row|badge|tile|alert|icon|moment)--/, /nhsuk-card--(urgent|emergency|non-urgent|feature)/] } })
  keep(`${sheet}.css`, minify(purged.css).css)
}
keep('icon.svg', readFileSync(join(here, 'icon.svg'), 'utf8'))
writeFileSync(join(target, 'manifest.json'), JSON.stringify(manifest, null, 2) + '\n')
console.log(manifest)
