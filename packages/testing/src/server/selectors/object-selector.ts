import type { StoredObject } from '../objects/index.ts'
import { badRequest } from '../status/index.ts'
import { parseFieldSelector } from './fields.ts'
import { parseLabelSelector } from './labels.ts'

/** Values of a kind's selectable fields, beside metadata.name and metadata.namespace, which every kind has. */
export type SelectableFields = Readonly<Record<string, (object: StoredObject) => string>>

/** What a list, watch or deletecollection chooses. */
export interface ObjectSelector {
  matches(object: StoredObject): boolean
  /** Set when the selector can choose only the object of this name: then nothing else need be looked at. */
  readonly name?: string
}

/**
 * Undefined where everything is chosen. `selectable` is 'none' for built-in kinds without fields of their own. @throws
 * Failure 400 for text that is no selector and for fields that the kind does not offer.
 */
export const parseSelector = (labels: string, fields: string, selectable: SelectableFields | 'none'): ObjectSelector | undefined => {
  const byLabels = parseLabelSelector(labels)
  const requirements = parseFieldSelector(fields).map(requirement => {
    const { field } = requirement
    const read = universal[field] ?? (selectable !== 'none' && Object.hasOwn(selectable, field) ? selectable[field] : undefined)
    if (read === undefined) throw unknownField(field, selectable)
    return { ...requirement, read }
  })
  if (byLabels === undefined && requirements.length === 0) return undefined
  const name = requirements.find(r => r.field === 'metadata.name' && r.equal)?.value
  return {
    matches: object =>
      (byLabels === undefined || byLabels(object.metadata.labels)) && requirements.every(r => (r.read(object) === r.value) === r.equal),
    ...(name === undefined ? {} : { name }),
  }
}

const universal: SelectableFields = {
  'metadata.name': object => object.metadata.name,
  'metadata.namespace': object => object.metadata.namespace ?? '',
}

const unknownField = (field: string, selectable: SelectableFields | 'none'): Error =>
  badRequest(
    selectable === 'none'
      ? `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
      : `field label not supported: ${field}`,
  )
