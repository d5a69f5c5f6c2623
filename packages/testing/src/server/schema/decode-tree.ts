import type { SchemaNode } from './definition.ts'

/** The kind of Go's type behind a node, by the words of its `reflect` package. */
const kindOf = ({ type, format, properties, title }: SchemaNode): string => {
  switch (type) {
    case 'object':
      return properties !== undefined || title !== undefined ? 'struct' : 'map'
    case 'array':
      return 'slice'
    case 'boolean':
      return 'bool'
    case 'integer':
      return format === 'int32' ? 'int32' : 'int64'
    case 'number':
      return 'float64'
    default:
      return format === 'byte' ? 'slice' : 'string'
  }
}

const givenKind = (value: unknown): string => {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return Array.isArray(value) ? 'slice' : 'map'
}

/** Go converts whole numbers to text and fractions to whole numbers, so these two are told apart from types that have nothing in common. */
const convertible = (given: string, wanted: string): boolean =>
  (given === 'int64' && wanted === 'string') || (given === 'float64' && (wanted === 'int32' || wanted === 'int64'))

/** Why a value of a tree cannot go where Go has this type, as kube-apiserver says it of what a strategic merge made. */
export const treeMismatch = (schema: SchemaNode, value: unknown, goType: string): string => {
  const wanted = kindOf(schema)
  const given = givenKind(value)
  if (wanted === 'struct') return `cannot restore struct from: ${given}`
  if (wanted === 'map' || wanted === 'slice') return `cannot restore ${wanted} from ${given}`
  return convertible(given, wanted) ? `cannot convert ${given} to ${goType}` : `unrecognized type: ${wanted}`
}
