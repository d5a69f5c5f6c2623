import { isObject } from '../json.ts'
import type { Complaint } from './complaint.ts'

/** A node of the library's tree, after it was checked. */
interface Operand {
  readonly at: number
  readonly type: string
}

/** Operands that are a name or a literal: of others it is not their beginning that is marked. */
const operandOf = (node: unknown): Operand | undefined => {
  if (!isObject(node) || (node['op'] !== 'id' && node['op'] !== 'value')) return undefined
  const { checkedType: type, start } = node
  return isObject(type) && typeof type['name'] === 'string' && typeof start === 'number' ? { at: start, type: type['name'] } : undefined
}

/** Types of the library's that it lets have fields. */
const fieldless: ReadonlySet<string> = new Set(['google.protobuf.Timestamp', 'google.protobuf.Duration', 'bytes', 'uint'])

/** Fields of what has none, and brackets behind it, in a tree that was checked: marked at their dots and brackets. */
export const selectionComplaints = (
  node: unknown,
  expression: string,
  typeName: (name: string) => string | undefined,
): readonly Complaint[] => {
  if (!isTree(node)) return []
  // One that is only asked for (`has`) has no type; it is marked elsewhere.
  const own = node.op === '.' && typeIn(node) !== undefined ? whyNoFields(node.args[0], typeName) : undefined
  return [
    ...node.args.flat().flatMap(arg => selectionComplaints(arg, expression, typeName)),
    ...(own ? [own] : []),
    ...(node.op === '[]' && isNoIndex(node.args) ? indexComplaints(node.args, expression, typeName) : []),
  ]
}

/** Keys of maps are strings. */
const isNoIndex = ([receiver, key]: readonly unknown[]): boolean => {
  const type = typeIn(receiver) ?? 'dyn'
  return fieldless.has(type) || (type.startsWith('map<string,') && !['string', 'dyn'].includes(typeIn(key) ?? 'dyn'))
}

const whyNoFields = (receiver: unknown, typeName: (name: string) => string | undefined): Complaint | undefined => {
  const type = typeIn(receiver)
  if (type === undefined || !fieldless.has(type) || !isObject(receiver) || typeof receiver['end'] !== 'number') return undefined
  return { what: `type '${typeName(type) ?? type}' does not support field selection`, at: receiver['end'] }
}

const isTree = (node: unknown): node is { readonly args: readonly unknown[]; readonly op: string } =>
  typeof node === 'object' && node !== null && 'args' in node && Array.isArray(node.args) && 'op' in node

const typeIn = (node: unknown): string | undefined => {
  const type: unknown = typeof node === 'object' && node !== null && 'checkedType' in node ? node.checkedType : undefined
  return typeof type === 'object' && type !== null && 'name' in type && typeof type.name === 'string' ? type.name : undefined
}

/** What it says of brackets behind what has none: neither objects nor scalars do. */
const indexComplaints = (
  args: readonly unknown[],
  expression: string,
  typeName: (name: string) => string | undefined,
): readonly Complaint[] => {
  const types = args.map(arg => typeName(typeIn(arg) ?? 'dyn'))
  const [indexed] = args
  const end = isObject(indexed) && typeof indexed['end'] === 'number' ? indexed['end'] : 0
  const at = Math.max(expression.indexOf('[', end), end)
  return types.every(type => type !== undefined)
    ? [{ what: `found no matching overload for '_[_]' applied to '(${types.join(', ')})'`, at }]
    : []
}

/** What CEL's own checker says to `and` and `or` between operands that are no truth values: it tells both. */
export const operandComplaints = (
  node: unknown,
  expression: string,
  typeName: (name: string) => string | undefined,
): readonly Complaint[] => {
  if (isTree(node) && node.op === '[]') return indexComplaints(node.args, expression, typeName)
  if (!isTree(node) || (node.op !== '&&' && node.op !== '||')) return []
  return node.args.flatMap(arg => {
    const operand = operandOf(arg)
    const type = operand === undefined ? undefined : typeName(operand.type)
    return operand === undefined || type === undefined || type === 'bool'
      ? []
      : [{ what: `expected type 'bool' but found '${type}'`, at: operand.at }]
  })
}
