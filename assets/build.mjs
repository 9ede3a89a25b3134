// Builds chalicelib/static (style sheets, the editor's script, the icon): `make assets`. Names hold a hash of the content, so they may be kept for ever.
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
const ending = (folder, end) => walk(folder).filter(name => name.endsWith(end)).sort()
const templates = join(root, 'chalicelib', 'templates')
const shared = ['base.html.jinja', 'problem.html.jinja', 'ui.html.jinja'].map(name => join(templates, name))

// What each sheet is read for: our templates, and nhsuk's own templates of the components that it loads.
const sheets = {
  patient: [...shared, join(templates, 'patient_base.html.jinja'), ...ending(join(templates, 'patient'), '.jinja')],
  staff: [...shared, join(templates, 'staff_base.html.jinja'), ...ending(join(templates, 'staff'), '.jinja'),
    ...ending(join(root, 'infra', 'local', 'templates'), '.jinja')],
}
// nhsuk's templates name every variant of a component; these are the ones that we never ask for.
const unasked = [
  /^\.?nhsuk-button--(brand|login|reverse|warning|secondary-solid|icon|search)/,
  /nhsuk-card--(clickable|secondary|primary|top-task)|nhsuk-card-group|nhsuk-card__(img|action|link|caption)|nhsuk-image/,
  /nhsuk-card--(emergency|urgent|non-urgent)|nhsuk-card--care__/, /nhsuk-(do-dont-list|care-card)/,
  /nhsuk-radios__conditional|nhsuk-back-link--reverse|nhsuk-error-summary__list--|nhsuk-panel--interruption/,
  /nhsuk-label--(xl)|nhsuk-fieldset__legend--(xl)|nhsuk-summary-list--no|nhsuk-input-wrapper__prefix|nhsuk-input--large|nhsuk-(radios|checkboxes)(--(small|inline)|__conditional)/,
  /nhsuk-icon--(?!tick|cross)/, /nhsuk-u-(?!visually-hidden)/, /nhsuk-grid|nhsuk-list--(border|number)|nhsuk-section-break/,
  /nhsuk-caption|nhsuk-lede|nhsuk-tag--/, /nhsuk-card__heading--(?!feature)/, /nhsuk-body-lead|nhsuk-width-container-fluid/,
  /-ms-|nhsuk-frontend-supported|js-enabled|nhsuk-button-group/,
]
const tokens = text => text.match(/[A-Za-z0-9_-]+/g) ?? []

const manifest = {}
const made = {}
const keep = (name, text) => {
  const [stem, kind] = name.split('.')
  manifest[name] = `${stem}.${createHash('sha256').update(text).digest('hex').slice(0, 12)}.${kind}`
  made[manifest[name]] = text
}
const componentsOf = source => [...source.matchAll(/nhsuk\/components\/([a-z-]+)/g)].map(found => found[1])

for (const [sheet, pages] of Object.entries(sheets)) {
  const scss = join(here, 'scss', `${sheet}.scss`)
  const components = [...componentsOf(readFileSync(scss, 'utf8')), 'heading', 'legend']
    .flatMap(name => ending(join(here, 'node_modules/nhsuk-frontend/dist/nhsuk/components', name), '.njk'))
  const content = [...pages, ...components].map(name => ({ raw: readFileSync(name, 'utf8'), extension: 'html' }))
  const built = sass.compile(scss, {
    loadPaths: [join(here, 'node_modules'), join(here, 'scss')], style: 'compressed', quietDeps: true, logger: sass.Logger.silent })
  const [purged] = await new PurgeCSS().purge({
    content, css: [{ raw: built.css }], defaultExtractor: tokens, blocklist: unasked,
    safelist: { greedy: [/^v-(row|badge|tile|alert|icon|lint|items|input)--/, /nhsuk-card--(care|feature|warning)/, /nhsuk-(list|icon)--(tick|cross)/,
      /nhsuk-(label|fieldset__legend)--(s|m|l)$/] } })
  keep(`${sheet}.css`, minify(purged.css).css + '\n')
}
for (const name of ['icon.svg', 'editor.js']) keep(name, readFileSync(join(here, name), 'utf8'))
made['manifest.json'] = JSON.stringify(manifest, null, 2) + '\n'

// Nothing is removed before everything is made.
mkdirSync(target, { recursive: true })
for (const name of Object.keys(made)) writeFileSync(join(target, name), made[name])
for (const old of readdirSync(target)) if (!(old in made)) rmSync(join(target, old))
console.log(manifest)
