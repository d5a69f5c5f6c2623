import { asJson } from '../wire/index.ts'

/**
 * Filters of lists: `name=node-1`, `labels.env=prod`, `labels.env:*`, several in parentheses or with AND; `(a = b) OR (c = d)`.
 * https://cloud.google.com/compute/docs/reference/rest/v1/instances/aggregatedList (filter)
 */
export type Filter = (resource: Readonly<Record<string, unknown>>) => boolean

/** Undefined for what is no filter: Google answers 400. */
export const filterOf = (text: string): Filter | undefined => {
  const choices = text.split(/\s+OR\s+/).map(allOf)
  return choices.every(choice => choice !== undefined) ? resource => choices.some(choice => choice?.(resource)) : undefined
}

const allOf = (text: string): Filter | undefined => {
  const terms =
    text.trim() === ''
      ? []
      : text.split(/\s+AND\s+|\)\s*\(/).map(term =>
          term
            .trim()
            .replace(/^\(+|\)+$/g, '')
            .trim(),
        )
  const tests = terms.map(testOf)
  return tests.every(test => test !== undefined) ? resource => tests.every(test => test?.(resource)) : undefined
}

const testOf = (term: string): Filter | undefined => {
  const { key = '', operator, value = '' } = /^(?<key>[\w.-]+)\s*(?<operator>!=|=|:)\s*"?(?<value>[^"]*)"?$/.exec(term)?.groups ?? {}
  if (operator === undefined) return undefined
  return resource => {
    const found = valueAt(resource, key)
    if (operator === ':' && value === '*') return found !== undefined
    return operator === '!=' ? found !== value : found === value
  }
}

const valueAt = (resource: Readonly<Record<string, unknown>>, path: string): string | undefined => {
  const [first = '', ...rest] = path.split('.')
  const value = resource[first]
  if (rest.length === 0) return typeof value === 'string' ? value : undefined
  return valueAt(asJson(value), rest.join('.'))
}
