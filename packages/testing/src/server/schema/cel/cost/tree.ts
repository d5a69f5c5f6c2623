import { isObject } from '../../json.ts'
import { type Range, exactly } from './range.ts'

/** A node of the library's tree, after it was checked. */
export interface Node {
  readonly op: string
  readonly args: unknown
}

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'op' in value && 'args' in value

/** What an expression consists of that has no cost that is known here. */
export class Unestimated extends Error {}

export const nodeAt = (value: unknown): Node => {
  if (isNode(value)) return value
  throw new Unestimated('no expression')
}

export const nodesOf = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.map(nodeAt) : [nodeAt(value)])

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** What a node is made of: names and nodes. */
export const partsOf = ({ args }: Node): readonly unknown[] => (isList(args) ? args : [])

/** The library takes a negative number for an operation, CEL for a literal. */
export const literalIn = (node: Node): { readonly value: unknown } | undefined => {
  if (node.op === 'value') return { value: node.args }
  if (node.op !== '-_' || !isNode(node.args) || node.args.op !== 'value') return undefined
  const { args: value } = node.args
  return typeof value === 'bigint' || typeof value === 'number' ? { value: -value } : undefined
}

/** A type by its name as the library has it: `map<string, list<int>>`. */
export interface Type {
  readonly name: string
  /** Of lists and optionals one, of maps two. */
  readonly parameters: readonly Type[]
}

export const anything: Type = { name: 'dyn', parameters: [] }

export const typeIn = (node: Node): Type | undefined => {
  const type: unknown = 'checkedType' in node ? node.checkedType : undefined
  const name: unknown = typeof type === 'object' && type !== null && 'name' in type ? type.name : undefined
  return typeof name === 'string' ? typeNamed(name) : undefined
}

const typeNamed = (full: string): Type => {
  const [, name, inner] = /^(list|map|optional|dyn)<(.*)>$/.exec(full) ?? []
  if (name === 'dyn') return typeNamed(inner ?? '')
  if (name === undefined || inner === undefined) {
    if (full === 'list') return { name: 'list', parameters: [anything] }
    return full === 'map' ? { name: 'map', parameters: [anything, anything] } : { name: full, parameters: [] }
  }
  return { name, parameters: parametersIn(inner).map(typeNamed) }
}

const parametersIn = (inner: string): readonly string[] => {
  let depth = 0
  for (const [i, letter] of [...inner].entries()) {
    if (letter === '<') depth += 1
    else if (letter === '>') depth -= 1
    else if (letter === ',' && depth === 0) return [inner.slice(0, i).trim(), inner.slice(i + 1).trim()]
  }
  return [inner.trim()]
}

const scalars: ReadonlySet<string> = new Set(['bool', 'double', 'int', 'uint', 'google.protobuf.Timestamp', 'google.protobuf.Duration'])

/** Is a value of it as large as any other? */
export const isScalar = ({ name, parameters: [inner] }: Type): boolean =>
  scalars.has(name) || (name === 'optional' && inner !== undefined && isScalar(inner))

const withoutFields: ReadonlySet<string> = new Set([...scalars, 'dyn', 'list', 'optional', 'string', 'bytes', 'type', 'null'])

/** Does a field of it cost something? Of what has no known type it does not. */
export const hasFields = ({ name }: Type): boolean => !withoutFields.has(name)

/** How large a literal is: characters, bytes, or one. */
const literalSize = (value: unknown): bigint | undefined => {
  if (typeof value === 'string') return BigInt([...value].length)
  if (value instanceof Uint8Array) return BigInt(value.length)
  return value === null || ['boolean', 'bigint', 'number'].includes(typeof value) || isObject(value) ? 1n : undefined
}

/** How large it is as it stands in the expression: a literal, a list, or a map. */
export const writtenSize = (node: Node): Range | undefined => {
  const literal = literalIn(node)
  const size = literal === undefined ? undefined : literalSize(literal.value)
  if (size !== undefined) return exactly(size)
  return node.op === 'list' || node.op === 'map' ? exactly(BigInt(partsOf(node).length)) : undefined
}
