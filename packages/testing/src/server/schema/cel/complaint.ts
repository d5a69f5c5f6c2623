import type { CelError } from './errors.ts'
import { operandComplaints, selectionComplaints } from './operands.ts'

export interface Complaint {
  readonly what: string
  /** Where it is marked in the expression. */
  readonly at: number
}

/** Names of types as CEL's own checker says them; undefined for one that the schema leaves open, or that is none of CEL's. */
const celType = (name: string): string | undefined => {
  const plain = name
    .replaceAll('google.protobuf.', '')
    .replaceAll('Duration', 'duration')
    .replaceAll('Timestamp', 'timestamp')
    .replaceAll('optional<', 'optional_type<')
    .replaceAll('<', '(')
    .replaceAll('>', ')')
  return plain === 'dyn' || plain.includes('kubernetes') || plain === 'list' || plain === 'map' ? undefined : plain
}

const celTypes = (names: readonly string[]): readonly string[] | undefined => {
  const types = names.map(celType)
  return types.every(type => type !== undefined) ? types : undefined
}

/** Types that stand side by side: commas within brackets are part of one. */
const splitTypes = (list: string): readonly string[] => (list === '' ? [] : list.split(/, (?![^<]*>)/))

const overload = (name: string, args: readonly string[]): string =>
  `found no matching overload for '${name}' applied to '(${args.join(', ')})'`

const scalars: ReadonlySet<string> = new Set(['string', 'int', 'double', 'bool', 'bytes'])
const relations: ReadonlySet<string> = new Set(['<', '<=', '>', '>='])

/**
 * The library's complaint about an expression with types, in the words of CEL's own checker; none where a kube-apiserver is not known
 * to refuse it too. `knows` says whether there is a function of some name.
 */
export const complaintsOf = (error: CelError, expression: string, knows: (name: string) => boolean): readonly Complaint[] => {
  const found = complaintOf(error, expression, knows)
  return found === undefined ? operandComplaints(error.node, expression, celType) : [found]
}

/** What is wrong with fields of an expression that the library's checker has let pass. */
export const fieldComplaints = (checked: unknown, expression: string): readonly Complaint[] =>
  selectionComplaints(checked, expression, celType)

const complaintOf = ({ summary, range }: CelError, expression: string, knows: (name: string) => boolean): Complaint | undefined => {
  const at = range?.start ?? 0
  /** Where something is written, at or after where the node begins. */
  const find = (text: string): number => Math.max(expression.indexOf(text, at), at)
  // Of what stands in brackets the types are looked at elsewhere.
  const isSelected = expression[at - 1] === '.'
  const [, field] = /^No such key: (.*)$/.exec(summary) ?? []
  if (field !== undefined) return isSelected ? { what: `undefined field '${field}'`, at: at - 1 } : undefined
  const [, indexed] = /^Cannot index type '(.*)'$/.exec(summary) ?? []
  if (indexed !== undefined) {
    const type = celType(indexed)
    return type === undefined || !isSelected ? undefined : { what: `type '${type}' does not support field selection`, at: at - 1 }
  }
  const [, variable] = /^Unknown variable: (.*)$/.exec(summary) ?? []
  if (variable !== undefined) return { what: `undeclared reference to '${variable}' (in container '')`, at }
  const [, unary, operand] = /^no such overload: ([!-])(\S+)$/.exec(summary) ?? []
  if (unary !== undefined && operand !== undefined) {
    const types = celTypes([operand])
    return types === undefined ? undefined : { what: overload(`${unary}_`, types), at }
  }
  const [, left, operator, right] = /^no such overload: (.+?) ([!=<>]=|[<>+\-*/%]|in) (.+)$/.exec(summary) ?? []
  if (left !== undefined && operator !== undefined && right !== undefined) {
    const types = celTypes([left, right])
    // Numbers of two kinds can be compared, and nothing else.
    const numbers = relations.has(operator) && [left, right].every(type => type === 'int' || type === 'double' || type === 'uint')
    // Values of one type are equal or not, whatever the type; an object may be null.
    const isEquality = operator === '==' || operator === '!='
    const comparable = isEquality && (left === right || [left, right].includes('null')) && !scalars.has(left) && !scalars.has(right)
    if (types === undefined || numbers || comparable) return undefined
    return { what: overload(operator === 'in' ? '@in' : `_${operator}_`, types), at: find(operator) }
  }
  return callComplaint(summary, find, knows)
}

const callComplaint = (summary: string, find: (text: string) => number, knows: (name: string) => boolean): Complaint | undefined => {
  const [, receiver, name, list = ''] = /^found no matching overload for '(?:(.+)\.)?(\w+)\((.*)\)'$/.exec(summary) ?? []
  if (name === undefined) return undefined
  const at = find(`${name}(`) + name.length
  if (!knows(name)) return { what: `undeclared reference to '${name}' (in container '')`, at }
  const args = celTypes(splitTypes(list))
  if (args === undefined) return undefined
  if (receiver === undefined) return { what: overload(name, args), at }
  const target = celType(receiver)
  return target === undefined
    ? undefined
    : { what: `found no matching overload for '${name}' applied to '${target}.(${args.join(', ')})'`, at }
}
