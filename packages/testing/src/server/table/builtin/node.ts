import { ageOf } from '../age.ts'
import { type Printer, at, columns, createdAt, list, map, nameOf, text } from '../printer.ts'
import type { JsonObject } from '../../schema/json.ts'

const rolePrefix = 'node-role.kubernetes.io/'

export const node: Printer = {
  columns: columns(
    'Name',
    'Status',
    'Roles',
    'Age',
    'Version',
    'Internal-IP+',
    'External-IP+',
    'OS-Image+',
    'Kernel-Version+',
    'Container-Runtime+',
  ),
  cells: (object, now) => {
    const info = map(object, 'status', 'nodeInfo')
    const architecture = text(info, 'architecture')
    return [
      nameOf(object),
      status(object),
      roles(object),
      ageOf(createdAt(object), now),
      text(info, 'kubeletVersion'),
      address(object, 'InternalIP'),
      address(object, 'ExternalIP'),
      text(info, 'osImage') || '<unknown>',
      `${text(info, 'kernelVersion') || '<unknown>'}${architecture === '' ? '' : ` (${architecture})`}`,
      text(info, 'containerRuntimeVersion') || '<unknown>',
    ]
  },
}

const status = (object: JsonObject): string => {
  const ready = list(object, 'status', 'conditions').findLast(condition => text(condition, 'type') === 'Ready')
  const word = ready === undefined ? 'Unknown' : text(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return at(object, 'spec', 'unschedulable') === true ? `${word},SchedulingDisabled` : word
}

const roles = (object: JsonObject): string => {
  const found = Object.entries(map(object, 'metadata', 'labels')).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return key === rolePrefix ? [] : [key.slice(rolePrefix.length)]
    return key === 'kubernetes.io/role' && typeof value === 'string' && value !== '' ? [value] : []
  })
  return found.length === 0 ? '<none>' : [...new Set(found)].sort().join(',')
}

const address = (object: JsonObject, type: string): string =>
  text(
    list(object, 'status', 'addresses').find(a => text(a, 'type') === type),
    'address',
  ) || '<none>'
