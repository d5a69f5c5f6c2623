import { isObject } from '../schema/json.ts'

/** One step into a value: from the values so far to the values below them. */
type Step = (values: readonly unknown[]) => readonly unknown[]

/**
 * A path as CRDs write it for printer columns and scale (`.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`,
 * `.metadata.labels['a\.b/c']`), ready to use: answers all values that it leads to.
 * @throws SyntaxError for what is no such path.
 */
export const jsonPath = (path: string): ((value: unknown) => readonly unknown[]) => {
  const steps = parse(path)
  return value => steps.reduce<readonly unknown[]>((values, step) => step(values), [value])
}

const parse = (path: string): readonly Step[] => {
  const steps: Step[] = []
  let rest = path.trim().replace(/^\$/, '')
  const take = (shape: RegExp): readonly string[] | undefined => {
    const match = shape.exec(rest)
    if (match === null) return undefined
    rest = rest.slice(match[0].length)
    return match
  }
  while (rest !== '') {
    const filter = take(/^\[\?\((.*?)\)\]/)
    const quoted = filter ?? take(/^\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/)
    if (filter !== undefined) steps.push(selected(filter[1] ?? ''))
    else if (quoted !== undefined) steps.push(child((quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/g, '$1')))
    else if (take(/^\.?\[\*\]/) !== undefined || take(/^\.\*/) !== undefined) steps.push(values => values.flatMap(childrenOf))
    else {
      const index = take(/^\[(-?\d+)\]/)
      if (index !== undefined) steps.push(item(Number(index[1])))
      else {
        const name = take(/^\.((?:[^.[\\]|\\.)+)/)
        if (name === undefined) {
          if (rest === '.') break
          throw new SyntaxError(`no JSONPath: ${path} (at ${rest})`)
        }
        steps.push(child((name[1] ?? '').replaceAll(/\\(.)/g, '$1')))
      }
    }
  }
  return steps
}

const child =
  (key: string): Step =>
  values =>
    values.flatMap(value => (isObject(value) && Object.hasOwn(value, key) ? [value[key]] : []))

const item =
  (index: number): Step =>
  values =>
    values.flatMap(value => {
      const found: unknown = Array.isArray(value) ? value.at(index) : undefined
      return found === undefined ? [] : [found]
    })

const childrenOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [])

/** `@.type=="Ready"`: items for which it holds; without an operator those that have the field. */
const selected = (condition: string): Step => {
  const [, left = '', operator, right = ''] = /^\s*@(.*?)\s*(?:(==|!=|>=|<=|>|<)\s*(.*?)\s*)?$/.exec(condition) ?? []
  const path = jsonPath(left)
  const wanted = operator === undefined ? undefined : literal(right)
  return values =>
    values.flatMap(childrenOf).filter(value => {
      const [found] = path(value)
      if (operator === undefined) return found !== undefined
      return found !== undefined && holds(operator, found, wanted)
    })
}

const literal = (text: string): unknown => {
  const [, quoted] = /^['"](.*)['"]$/.exec(text) ?? []
  if (quoted !== undefined) return quoted
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  return Number.isNaN(number) ? text : number
}

const holds = (operator: string, a: unknown, b: unknown): boolean => {
  if (operator === '==') return a === b
  if (operator === '!=') return a !== b
  const comparable = (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string')
  if (!comparable) return false
  switch (operator) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    default:
      return a >= b
  }
}
