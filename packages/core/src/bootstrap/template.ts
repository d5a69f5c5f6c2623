import { Context, Liquid } from 'liquidjs'

/** What a template may name. */
export interface Variables {
  readonly node: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly class: { readonly name: string; readonly config: Readonly<Record<string, unknown>> }
  readonly cluster?: Readonly<Record<string, unknown>>
}

/** A text with its variables filled in, or in words what is wrong with the template. */
export type Render = (template: string) => { readonly text: string } | { readonly problem: string; readonly variable?: string }

/**
 * Liquid without files, clock and chance: one template and the same variables are the same text on every try, here and in the next
 * controller's life. What a later version of the engine brings along is not offered until somebody has looked at it.
 */
export const renderer = (variables: Variables): Render => {
  let engine: Liquid | undefined
  return template => {
    // Making an engine costs milliseconds, and most texts are no templates.
    if (!template.includes('{{') && !template.includes('{%')) return { text: template }
    engine ??= createEngine()
    try {
      return { text: String(engine.parseAndRenderSync(template, contextOf(variables, engine))) }
    } catch (error) {
      return problemOf(error)
    }
  }
}

/** Objects and strings made on the way, in the engine's own count. */
const memoryLimit = 1_000_000
/** Pieces of template that are gone through, those of a loop once for each of its rounds. */
const longestWay = 100_000

/** For one text: scopes of its own (`increment` writes into them), and an end to its loops that no clock decides. */
const contextOf = (variables: Variables, engine: Liquid): Context => {
  const context = new Context({ ...variables }, engine.options, { sync: true }, { liquid: engine })
  let way = 0
  // The engine asks at every piece whether its time is over.
  context.renderLimit.check = () => {
    if (++way > longestWay) throw new Error(`its loops go on for more than ${longestWay} pieces`)
  }
  return context
}

const tags: ReadonlySet<string> = new Set(
  '# assign break capture case comment continue cycle decrement echo for if increment liquid raw unless'.split(' '),
)
const filters: ReadonlySet<string> = new Set(
  [
    'abs append array_to_sentence_string at_least at_most base64_decode base64_encode capitalize ceil compact concat default divided_by',
    'downcase escape find find_index first floor group_by has hmac_sha256 join json jsonify last lstrip map minus modulo',
    'normalize_whitespace plus pop prepend push reject remove remove_first remove_last replace replace_first replace_last reverse round',
    'rstrip sha256 shift size slice slugify sort sort_natural split squish strip strip_newlines sum times to_integer truncate uniq',
    'unshift upcase uri_escape url_decode url_encode where xml_escape',
  ].flatMap(line => line.split(' ')),
)

const createEngine = (): Liquid => {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    // `{% if node.labels.gpu %}` and `| default: "none"` are how one asks for what may be missing.
    lenientIf: true,
    ownPropertyOnly: true,
    // Nothing is found by name: no tag that looks for another template is left, and there is no file to be found.
    templates: {},
    memoryLimit,
    outputEscape: onlyText,
  })
  for (const name of Object.keys(engine.tags)) if (!tags.has(name)) delete engine.tags[name]
  for (const name of Object.keys(engine.filters)) if (!filters.has(name)) engine.unregisterFilter(name)
  return engine
}

/** `[object Object]` in a file helps nobody, nor do list items without anything between them. */
const onlyText = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) throw new Error('a list is no text: use `| join: ","` or `| json`')
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new Error('an object is no text: name one of its fields, or use `| json`')
}

const known = 'node.name, node.labels, class.name, class.config, cluster.server, cluster.ca, cluster.uid, cluster.dns, cluster.domain'
const longestReason = 120

const problemOf = (error: unknown): Exclude<ReturnType<Render>, { readonly text: string }> => {
  const message = error instanceof Error ? error.message : String(error)
  const [, reason = message, line] = /^([\s\S]*?), line:(\d+), col:\d+$/.exec(message) ?? []
  const where = line === undefined ? '' : `line ${line}: `
  const variable = /^undefined variable: (.*)$/.exec(reason)?.[1]
  if (variable !== undefined) {
    return { variable, problem: `${where}there is no ${variable}. Known are ${known}; what may be missing takes \`| default: "..."\`` }
  }
  const filter = /^undefined filter: (.*)$/.exec(reason)?.[1]
  if (filter !== undefined) {
    return { problem: `${where}there is no filter ${filter}: templates have no clock, chance or files, so that every try renders the same` }
  }
  const short = reason.length > longestReason ? `${reason.slice(0, longestReason)}...` : reason
  return { problem: `${where}${short}. Text with braces of its own goes between {% raw %} and {% endraw %}` }
}
