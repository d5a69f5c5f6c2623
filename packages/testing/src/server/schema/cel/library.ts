import { Environment } from '@marcbachmann/cel-js'
import { isCIDR, isIPv4, isIPv6 } from '../formats.ts'
import { equal } from '../json.ts'
import { patternOf } from '../pattern.ts'
import { registerQuantity } from './quantity.ts'

/**
 * CEL with the functions that Kubernetes adds to it. Left out, as seldom seen in CRDs: comprehensions with two variables, `semver`,
 * `format.named`, methods of `ip()` and `cidr()`, the authorizer.
 */
export const celEnvironment = (variables: Readonly<Record<string, 'dyn' | 'optional'>>): Environment => {
  const env = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  registerText(env)
  registerLists(env)
  registerNet(env)
  registerQuantity(env)
  for (const [name, type] of Object.entries(variables)) env.registerVariable(name, type)
  return env
}

const registerText = (env: Environment): void => {
  env.registerFunction('string.replace(string, string): string', (s: string, from: string, to: string) => s.replaceAll(from, () => to))
  env.registerFunction('string.replace(string, string, int): string', (s: string, from: string, to: string, most: bigint) => {
    let result = ''
    let rest = s
    for (let left = most; left !== 0n && rest.includes(from); left -= 1n) {
      result += rest.slice(0, rest.indexOf(from)) + to
      rest = rest.slice(rest.indexOf(from) + from.length)
    }
    return result + rest
  })
  env.registerFunction('string.charAt(int): string', (s: string, at: bigint) => [...s][Number(at)] ?? '')
  env.registerFunction('matches(string, string): bool', (s: string, pattern: string) => patternOf(pattern).test(s))
  env.registerFunction('string.find(string): string', (s: string, pattern: string) => patternOf(pattern).exec(s)?.[0] ?? '')
  env.registerFunction('string.findAll(string): list', (s: string, pattern: string) => findAll(s, pattern))
  env.registerFunction('string.findAll(string, int): list', (s: string, pattern: string, most: bigint) =>
    most < 0n ? findAll(s, pattern) : findAll(s, pattern).slice(0, Number(most)),
  )
  env.registerFunction('string.format(list): string', (s: string, args: readonly unknown[]) => {
    let next = 0
    return s.replaceAll(/%(%|(?:\.\d+)?[sdfexXob])/g, (_, verb: string) => (verb === '%' ? '%' : formatted(args[next++], verb)))
  })
}

const findAll = (s: string, pattern: string): readonly string[] => {
  const expression = patternOf(pattern)
  return [...s.matchAll(new RegExp(expression.source, `${expression.flags}g`))].map(match => match[0])
}

const formatted = (value: unknown, verb: string): string => {
  const digits = /^\.(\d+)/.exec(verb)?.[1]
  if (verb.endsWith('f')) return Number(value).toFixed(digits === undefined ? 6 : Number(digits))
  if (verb.endsWith('e'))
    return Number(value)
      .toExponential(digits === undefined ? 6 : Number(digits))
      .replace(/e([+-])(\d)$/, 'e$10$2')
  if (typeof value === 'bigint') {
    if (verb === 'x') return value.toString(16)
    if (verb === 'X') return value.toString(16).toUpperCase()
    if (verb === 'o') return value.toString(8)
    if (verb === 'b') return value.toString(2)
  }
  if (Array.isArray(value)) return `[${value.map((item: unknown) => formatted(item, 's')).join(', ')}]`
  return value instanceof Date ? value.toISOString().replace('.000Z', 'Z') : String(value)
}

const compare = (a: unknown, b: unknown): number => {
  const [x, y] = [a, b].map(value => (value instanceof Date ? value.getTime() : value))
  if (typeof x === 'string' && typeof y === 'string') return x < y ? -1 : x > y ? 1 : 0
  if ((typeof x === 'bigint' || typeof x === 'number') && (typeof y === 'bigint' || typeof y === 'number'))
    return x < y ? -1 : x > y ? 1 : 0
  return Number(x) - Number(y)
}

const same = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && equal(a, b)) || (typeof a !== typeof b && compare(a, b) === 0)

const registerLists = (env: Environment): void => {
  const total = (items: readonly unknown[]): unknown =>
    items.reduce(
      (sum, item) => (typeof sum === 'bigint' && typeof item === 'bigint' ? sum + item : Number(sum) + Number(item)),
      items.some(i => typeof i === 'number') ? 0 : 0n,
    )
  const extreme = (items: readonly unknown[], direction: 1 | -1): unknown => {
    if (items.length === 0) throw new Error(`${direction < 0 ? 'min' : 'max'} called on empty list`)
    return items.reduce((best, item) => (compare(item, best) * direction > 0 ? item : best))
  }
  const flatten = (items: readonly unknown[], depth: number): unknown => items.flat(depth)
  env.registerFunction('list.isSorted(): bool', (items: readonly unknown[]) =>
    items.every((item, i) => i === 0 || compare(items[i - 1], item) <= 0),
  )
  env.registerFunction('list.sum(): dyn', total)
  env.registerFunction('list.min(): dyn', (items: readonly unknown[]) => extreme(items, -1))
  env.registerFunction('list.max(): dyn', (items: readonly unknown[]) => extreme(items, 1))
  env.registerFunction('list.indexOf(dyn): int', (items: readonly unknown[], item: unknown) => BigInt(items.findIndex(i => same(i, item))))
  env.registerFunction('list.lastIndexOf(dyn): int', (items: readonly unknown[], item: unknown) =>
    BigInt(items.findLastIndex(i => same(i, item))),
  )
  env.registerFunction('list.slice(int, int): list', (items: readonly unknown[], from: bigint, to: bigint) =>
    items.slice(Number(from), Number(to)),
  )
  env.registerFunction('list.flatten(): list', (items: readonly unknown[]) => flatten(items, 1))
  env.registerFunction('list.flatten(int): list', (items: readonly unknown[], depth: bigint) => flatten(items, Number(depth)))
  env.registerFunction('list.sort(): list', (items: readonly unknown[]) => items.toSorted(compare))
  env.registerFunction('list.reverse(): list', (items: readonly unknown[]) => items.toReversed())
  env.registerFunction('list.distinct(): list', (items: readonly unknown[]) =>
    items.filter((item, i) => items.findIndex(other => same(other, item)) === i),
  )
  const contains = (items: readonly unknown[], wanted: readonly unknown[]): boolean =>
    wanted.every(item => items.some(other => same(other, item)))
  env.registerType('SetsNamespace', SetsNamespace)
  env.registerConstant('sets', 'SetsNamespace', new SetsNamespace())
  env.registerFunction('SetsNamespace.contains(list, list): bool', (_: unknown, a: readonly unknown[], b: readonly unknown[]) =>
    contains(a, b),
  )
  env.registerFunction(
    'SetsNamespace.equivalent(list, list): bool',
    (_: unknown, a: readonly unknown[], b: readonly unknown[]) => contains(a, b) && contains(b, a),
  )
  env.registerFunction('SetsNamespace.intersects(list, list): bool', (_: unknown, a: readonly unknown[], b: readonly unknown[]) =>
    a.some(item => b.some(other => same(other, item))),
  )
}

/** What stands before the dot in `sets.contains(a, b)`. */
class SetsNamespace {
  readonly name = 'sets'
}

const registerNet = (env: Environment): void => {
  env.registerFunction('isIP(string): bool', (s: string) => isIPv4(s) || isIPv6(s))
  env.registerFunction('isCIDR(string): bool', isCIDR)
  env.registerFunction('isURL(string): bool', isUrl)
  env.registerType('kubernetes.URL', CelUrl)
  env.registerFunction('url(string): kubernetes.URL', (s: string) => new CelUrl(s))
  env.registerFunction('kubernetes.URL.getScheme(): string', (u: CelUrl) => u.url?.protocol.replace(/:$/, '') ?? '')
  env.registerFunction('kubernetes.URL.getHost(): string', (u: CelUrl) => u.url?.host ?? '')
  env.registerFunction('kubernetes.URL.getHostname(): string', (u: CelUrl) => u.url?.hostname.replace(/^\[|\]$/g, '') ?? '')
  env.registerFunction('kubernetes.URL.getPort(): string', (u: CelUrl) => u.url?.port ?? '')
  env.registerFunction('kubernetes.URL.getEscapedPath(): string', (u: CelUrl) => u.path)
}

const isUrl = (s: string): boolean => s.startsWith('/') || (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(s) && URL.canParse(s))

class CelUrl {
  readonly url: URL | undefined
  readonly path: string
  constructor(text: string) {
    if (!isUrl(text))
      throw new Error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`)
    this.url = text.startsWith('/') ? undefined : new URL(text)
    this.path = this.url === undefined ? text : text.endsWith('/') || this.url.pathname !== '/' ? this.url.pathname : ''
  }
}
