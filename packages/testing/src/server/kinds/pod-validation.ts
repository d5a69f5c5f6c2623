import { type Draft, type JsonObject, type StoredObject, at, equal, isObject, textAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { forbidden, invalid, required } from '../schema/field-error.ts'

const listAt = (pod: JsonObject, list: string): readonly JsonObject[] => {
  const found = at(pod, 'spec', list)
  return Array.isArray(found) ? found.filter(isObject) : []
}

const containerLists = ['containers', 'initContainers'] as const

/** Only images, a deadline, more tolerations and fewer scheduling gates may change once a Pod is there. */
export const validatePodUpdate = (draft: Draft, old: StoredObject): readonly Cause[] => {
  const causes: Cause[] = []
  for (const list of containerLists) {
    if (listAt(draft, list).length !== listAt(old, list).length)
      return [...causes, forbidden(`spec.${list}`, 'pod updates may not add or remove containers')]
    causes.push(...listAt(draft, list).flatMap((container, i) => validateImage(container, `spec.${list}[${i}].image`)))
  }
  const deadline = validateDeadline(draft, old)
  causes.push(...deadline.causes)
  if (deadline.stop) return causes
  causes.push(...validateTolerations(draft, old), ...validateGates(draft, old))
  return equal(fixedPart(draft), fixedPart(old)) ? causes : [...causes, forbidden('spec', onlyThese)]
}

const validateImage = (container: JsonObject, field: string): readonly Cause[] => {
  const image = textAt(container, 'image')
  if (image === '') return [required(field)]
  return image === image.trim() ? [] : [invalid(field, image, 'must not have leading or trailing whitespace')]
}

const onlyThese =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` ' +
  '(allow it to be set to 1 if it was previously negative)'

const longest = 2_147_483_647

/** A deadline may be set and come nearer. What goes against that ends the examination. */
const validateDeadline = (draft: Draft, old: StoredObject): { readonly causes: readonly Cause[]; readonly stop: boolean } => {
  const field = 'spec.activeDeadlineSeconds'
  const before = at(old, 'spec', 'activeDeadlineSeconds')
  const after = at(draft, 'spec', 'activeDeadlineSeconds')
  if (typeof after !== 'number') {
    const why = 'must not update from a positive integer to nil value'
    return { causes: before === undefined ? [] : [invalid(field, null, why)], stop: false }
  }
  if (after < 0 || after > longest) return { causes: [invalid(field, after, `must be between 0 and ${longest}, inclusive`)], stop: true }
  if (typeof before === 'number' && before < after)
    return { causes: [invalid(field, after, 'must be less than or equal to previous value')], stop: true }
  return { causes: [], stop: false }
}

const validateTolerations = (draft: Draft, old: StoredObject): readonly Cause[] => {
  const timeless = ({ tolerationSeconds: _seconds, ...toleration }: JsonObject): JsonObject => toleration
  const now = listAt(draft, 'tolerations').map(timeless)
  return listAt(old, 'tolerations').every(toleration => now.some(other => equal(other, timeless(toleration))))
    ? []
    : [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
}

const validateGates = (draft: Draft, old: StoredObject): readonly Cause[] => {
  const known = listAt(old, 'schedulingGates').map(gate => textAt(gate, 'name'))
  return listAt(draft, 'schedulingGates').flatMap((gate, i) => {
    const name = textAt(gate, 'name')
    return known.includes(name)
      ? []
      : [forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)]
  })
}

const fixedPart = (pod: JsonObject): JsonObject => {
  const spec = isObject(pod['spec']) ? pod['spec'] : {}
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, schedulingGates: _gates, ...rest } = spec
  const withoutImage = ({ image: _image, ...container }: JsonObject): JsonObject => container
  return {
    ...rest,
    containers: listAt(pod, 'containers').map(withoutImage),
    initContainers: listAt(pod, 'initContainers').map(withoutImage),
  }
}
