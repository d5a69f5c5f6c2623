import { type Draft, type JsonObject, type StoredObject, at, equal, isObject, textAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { labelName } from '../schema/names.ts'
import { forbiddenField, invalidValue, requiredField } from '../status/index.ts'

/** The part of a Pod's validation that tests run into: containers are there, and have names and images. */
export const validatePod = (pod: JsonObject): readonly Cause[] => {
  const containers = containersOf(pod, 'containers')
  if (containers.length === 0) return [requiredField('spec.containers')]
  return ['containers', 'initContainers'].flatMap(list =>
    containersOf(pod, list).flatMap((container, i) => {
      const field = `spec.${list}[${i}]`
      const name = textAt(container, 'name')
      return [
        ...(name === '' ? [requiredField(`${field}.name`)] : labelName(name).map(message => invalidValue(`${field}.name`, name, message))),
        ...(textAt(container, 'image') === '' ? [requiredField(`${field}.image`)] : []),
      ]
    }),
  )
}

const containersOf = (pod: JsonObject, list: string): readonly JsonObject[] => {
  const found = at(pod, 'spec', list)
  return Array.isArray(found) ? found.filter(isObject) : []
}

/** Only images, a deadline, more tolerations and fewer scheduling gates may change once a Pod is there. */
export const validatePodUpdate = (draft: Draft, old: StoredObject): readonly Cause[] => {
  for (const list of ['containers', 'initContainers']) {
    if (containersOf(draft, list).length !== containersOf(old, list).length) {
      const none = list === 'containers' && containersOf(draft, list).length === 0
      return [
        ...(none ? [requiredField(`spec.${list}`)] : []),
        forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers'),
      ]
    }
  }
  if (equal(fixedPart(draft), fixedPart(old))) return []
  return [
    forbiddenField(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
        '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` ' +
        '(allow it to be set to 1 if it was previously negative)',
    ),
  ]
}

const fixedPart = (pod: JsonObject): JsonObject => {
  const spec = isObject(pod['spec']) ? pod['spec'] : {}
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, schedulingGates: _gates, ...rest } = spec
  const withoutImage = ({ image: _image, ...container }: JsonObject): JsonObject => container
  return {
    ...rest,
    containers: containersOf(pod, 'containers').map(withoutImage),
    initContainers: containersOf(pod, 'initContainers').map(withoutImage),
  }
}
