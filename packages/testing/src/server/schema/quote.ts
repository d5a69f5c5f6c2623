/**
 * A string as Go's `%q` writes it, which the API server's messages use. Differs from JSON: `\x00` and `\a` for control characters,
 * no escapes for `<` and `>`.
 */
export const goQuote = (text: string): string => {
  let quoted = '"'
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    const short = shortEscapes[char]
    if (short !== undefined) quoted += short
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code > 0x7f && !printable.test(char)) {
      quoted += code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
    } else quoted += char
  }
  return `${quoted}"`
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** Letters, marks, numbers, punctuation, symbols: what Go calls printable. */
const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u

/** A value of one of Go's struct types: its fields print in the order of the type, those that are absent do not. */
export const struct = (value: Readonly<Record<string, unknown>>, fields: readonly string[]): ReadonlyMap<string, unknown> =>
  new Map(fields.filter(field => value[field] !== undefined).map(field => [field, value[field]]))

/** JSON as Go writes it: keys of maps sorted (of a `struct` not), and `<`, `>`, `&` escaped. */
export const goJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${goJson(key)}:${goJson(item)}`).join(',')}}`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${goJson(key)}:${goJson(item)}`).join(',')}}`
  }
  if (typeof value === 'string') return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escapeUnit)
  return typeof value === 'number' ? goNumber(value) : JSON.stringify(value)
}

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A value as Go's `%v` writes it: `map[a:1 b:[x y]]`. */
export const goPrint = (value: unknown): string => {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[${entries.map(([key, item]) => `${key}:${goPrint(item)}`).join(' ')}]`
  }
  return typeof value === 'number' ? goNumber(value) : typeof value === 'string' ? value : JSON.stringify(value)
}

/** Go writes large and small floats with an exponent of at least two digits. */
export const goNumber = (value: number): string => {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value).toString()
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}
