import { badRequest } from '../status/index.ts'

/** One `path=value` or `path!=value`. */
export interface FieldRequirement {
  readonly field: string
  readonly value: string
  readonly equal: boolean
}

/**
 * Parses `metadata.name=a,status.phase!=Running`; `\,`, `\=` and `\\` stand for themselves in values.
 * @throws Failure 400 in the API server's words.
 */
export const parseFieldSelector = (text: string): readonly FieldRequirement[] =>
  (text.match(/(?:\\.|[^,\\])+/gs) ?? []).map(term => {
    const [, field, operator, value] = /^([^=!]*)(==|!=|=)(.*)$/s.exec(term) ?? []
    if (field === undefined || value === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
    return { field, value: unescaped(value), equal: operator !== '!=' }
  })

const unescaped = (value: string): string => {
  // 61 is `=`, as Go prints a rune.
  if (/(^|[^\\])(\\\\)*=/.test(value)) throw badRequest('invalid field selector: unescaped character in value: 61')
  return value.replace(/\\([\\,=])/g, '$1')
}
