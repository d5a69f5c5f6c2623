import type { CrdVersion } from './crd.types.ts'
import type { SchemaNode } from './definition.ts'
import { isKnownFormat } from './formats.ts'
import { type JsonObject, isObject } from './json.ts'

/** What the writer of a CustomResourceDefinition should know of its schemas, beside what is wrong with them. */
export const definitionWarnings = (crd: JsonObject, old?: JsonObject): readonly string[] => {
  const known = new Set(old === undefined ? [] : warningsIn(old))
  return warningsIn(crd).filter(warning => !known.has(warning))
}

const warningsIn = (crd: JsonObject): readonly string[] => {
  const versions = isObject(crd['spec']) ? crd['spec']['versions'] : undefined
  // Border: it has been found to be good.
  const nodes = (Array.isArray(versions) ? (versions as readonly CrdVersion[]) : []).flatMap(({ schema }) => allIn(schema?.openAPIV3Schema))
  const formats = nodes.flatMap(node => (isRecognized(node) ? [] : [`unrecognized format ${JSON.stringify(node.format)}`]))
  return [...formats, ...nodes.flatMap(setWarnings).toSorted()]
}

const allIn = (node: SchemaNode | undefined): readonly SchemaNode[] =>
  node === undefined
    ? []
    : [
        node,
        ...allIn(node.items),
        ...[...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(allIn),
        ...allIn(node.not),
        ...Object.values(node.properties ?? {}).flatMap(allIn),
        ...(typeof node.additionalProperties === 'object' ? allIn(node.additionalProperties) : []),
      ]

const isRecognized = ({ format = '', type = 'string' }: SchemaNode): boolean => {
  if (format === '') return true
  switch (type) {
    case 'string':
      return isKnownFormat(format)
    case 'integer':
      return format === 'int32' || format === 'int64'
    case 'number':
      return format === 'float' || format === 'double'
    default:
      return false
  }
}

const setWarnings = (node: SchemaNode): readonly string[] => {
  const type = node.items?.type
  return node['x-kubernetes-list-type'] === 'set' && (type === 'object' || type === 'array')
    ? [`x-kubernetes-list-type: set for items of type "${type}" is not supported by server-side apply or CEL validation rules`]
    : []
}
