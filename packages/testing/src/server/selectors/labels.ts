import { badRequest } from '../status/index.ts'

/** True for the labels that a selector chooses. */
export type LabelSelector = (labels: Readonly<Record<string, string>> | undefined) => boolean

interface Token {
  readonly type: 'word' | 'symbol' | 'end'
  readonly text: string
}

const symbols = ['==', '!=', '=', '!', '(', ')', ',', '>', '<'] as const

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  let rest = text.trimStart()
  while (rest !== '') {
    const symbol = symbols.find(s => rest.startsWith(s))
    const word = symbol ?? /^[^\s=!(),<>]+/.exec(rest)?.[0] ?? rest
    tokens.push({ type: symbol === undefined ? 'word' : 'symbol', text: word })
    rest = rest.slice(word.length).trimStart()
  }
  return tokens
}

const operators = 'in, notin, =, ==, !=, gt, lt'
const unparsable = (why: string): Error => badRequest(`unable to parse requirement: ${why}`)

const part = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/
const prefix = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/

const checkedKey = (key: string): string => {
  const [name = '', ...before] = key.split('/').reverse()
  if (part.test(name) && before.length <= 1 && before.every(p => prefix.test(p))) return key
  throw unparsable(
    `<nil>: Invalid value: "${key}": name part must consist of alphanumeric characters, '-', '_' or '.', and must start ` +
      "and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
      "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  )
}

const checkedValue = (value: string, key: string, index = 0): string => {
  if (value === '' || part.test(value)) return value
  throw unparsable(
    `values[${index}][${key}]: Invalid value: "${value}": a valid label must be an empty string or consist of ` +
      "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
      "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  )
}

/**
 * Parses `a=b,c!=d,e in (f,g),!h,i>1`. Undefined for the empty selector, which chooses everything.
 * @throws Failure 400 in the API server's words.
 */
export const parseLabelSelector = (text: string): LabelSelector | undefined => {
  const tokens = tokensOf(text)
  if (tokens.length === 0) return undefined
  const requirements: LabelSelector[] = []
  let i = 0
  const peek = (): Token => tokens[i] ?? { type: 'end', text: '' }
  const take = (): Token => {
    const token = peek()
    i += 1
    return token
  }
  const values = (key: string): readonly string[] => {
    const open = take()
    if (open.text !== '(') throw unparsable(`found '${open.text}' expected: '('`)
    const found: string[] = []
    for (;;) {
      const token = take()
      if (token.type === 'word') {
        found.push(checkedValue(token.text, key, found.length))
        const next = take()
        if (next.text === ')') return found
        if (next.text !== ',') throw unparsable(`found '${next.text}', expected: ',' or ')'`)
      } else if (token.text === ',') found.push('')
      else if (token.text === ')') return [...found, '']
      else throw unparsable(`found '${token.text}', expected: ',', ')' or identifier`)
    }
  }
  const value = (key: string): string => (peek().type === 'word' ? checkedValue(take().text, key) : '')
  const requirement = (): LabelSelector => {
    if (peek().text === '!') {
      take()
      const absent = checkedKey(take().text)
      return labels => labels?.[absent] === undefined
    }
    const first = take()
    if (first.type !== 'word') throw unparsable(`found '${first.text}', expected: !, identifier, or 'end of string'`)
    const key = checkedKey(first.text)
    const next = peek()
    if (next.type === 'end' || next.text === ',') return labels => labels?.[key] !== undefined
    const operator = take().text
    switch (operator) {
      case '=':
      case '==': {
        const wanted = value(key)
        return labels => labels?.[key] === wanted
      }
      case '!=': {
        const unwanted = value(key)
        return labels => labels?.[key] !== unwanted
      }
      case 'in': {
        const some = new Set(values(key))
        return labels => some.has(labels?.[key] ?? '') && labels?.[key] !== undefined
      }
      case 'notin': {
        const none = new Set(values(key))
        return labels => labels?.[key] === undefined || !none.has(labels[key])
      }
      case '>':
      case '<':
      case 'gt':
      case 'lt': {
        const bound = Number(value(key))
        if (!Number.isInteger(bound)) throw unparsable("values[0]: Invalid value: for 'Gt', 'Lt' operators, the value must be an integer")
        const above = operator === '>' || operator === 'gt'
        return labels => {
          const own = labels?.[key]
          return own !== undefined && /^-?\d+$/.test(own) && (above ? Number(own) > bound : Number(own) < bound)
        }
      }
      default:
        throw unparsable(`found '${operator}', expected: ${operators}`)
    }
  }
  for (;;) {
    requirements.push(requirement())
    const end = take()
    if (end.type === 'end') break
    if (end.text !== ',') throw badRequest(`found '${end.text}', expected: ',' or 'end of string'`)
    if (peek().type === 'end') throw badRequest("found '', expected: identifier after ','")
  }
  return labels => requirements.every(matches => matches(labels))
}
