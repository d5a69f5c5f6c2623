import { ageOf, humanDuration } from '../age.ts'
import {
  type Printer,
  at,
  columns,
  createdAt,
  formatLabels,
  formatSelector,
  isDeleted,
  list,
  map,
  nameOf,
  number,
  text,
} from '../printer.ts'
import type { JsonObject } from '../../schema/json.ts'

const containers = (object: JsonObject): readonly [names: string, images: string] => {
  const found = list(object, 'spec', 'template', 'spec', 'containers')
  return [found.map(c => text(c, 'name')).join(','), found.map(c => text(c, 'image')).join(',')]
}

export const deployment: Printer = {
  columns: columns('Name', 'Ready', 'Up-to-date', 'Available', 'Age', 'Containers+', 'Images+', 'Selector+'),
  cells: (object, now) => [
    nameOf(object),
    `${number(object, 'status', 'readyReplicas')}/${number(object, 'spec', 'replicas')}`,
    number(object, 'status', 'updatedReplicas'),
    number(object, 'status', 'availableReplicas'),
    ageOf(createdAt(object), now),
    ...containers(object),
    formatSelector(at(object, 'spec', 'selector'), ''),
  ],
}

const replicated = (selector: (object: JsonObject) => string): Printer => ({
  columns: columns('Name', 'Desired:integer', 'Current:integer', 'Ready:integer', 'Age', 'Containers+', 'Images+', 'Selector+'),
  cells: (object, now) => [
    nameOf(object),
    number(object, 'spec', 'replicas'),
    number(object, 'status', 'replicas'),
    number(object, 'status', 'readyReplicas'),
    ageOf(createdAt(object), now),
    ...containers(object),
    selector(object),
  ],
})

export const replicaSet: Printer = replicated(object => formatSelector(at(object, 'spec', 'selector')))
export const replicationController: Printer = replicated(object => formatLabels(map(object, 'spec', 'selector')))

export const daemonSet: Printer = {
  columns: columns(
    'Name',
    'Desired:integer',
    'Current:integer',
    'Ready:integer',
    'Up-to-date:integer',
    'Available:integer',
    'Node Selector',
    'Age',
    'Containers+',
    'Images+',
    'Selector+',
  ),
  cells: (object, now) => [
    nameOf(object),
    number(object, 'status', 'desiredNumberScheduled'),
    number(object, 'status', 'currentNumberScheduled'),
    number(object, 'status', 'numberReady'),
    number(object, 'status', 'updatedNumberScheduled'),
    number(object, 'status', 'numberAvailable'),
    formatLabels(map(object, 'spec', 'template', 'spec', 'nodeSelector')),
    ageOf(createdAt(object), now),
    ...containers(object),
    formatSelector(at(object, 'spec', 'selector')),
  ],
}

export const statefulSet: Printer = {
  columns: columns('Name', 'Ready', 'Age', 'Containers+', 'Images+'),
  cells: (object, now) => [
    nameOf(object),
    `${number(object, 'status', 'readyReplicas')}/${number(object, 'spec', 'replicas')}`,
    ageOf(createdAt(object), now),
    ...containers(object),
  ],
}

export const job: Printer = {
  columns: columns('Name', 'Status', 'Completions', 'Duration', 'Age', 'Containers+', 'Images+', 'Selector+'),
  cells: (object, now) => [
    nameOf(object),
    jobStatus(object),
    completions(object),
    jobDuration(object, now),
    ageOf(createdAt(object), now),
    ...containers(object),
    formatSelector(at(object, 'spec', 'selector')),
  ],
}

const jobStatus = (object: JsonObject): string => {
  const has = (type: string): boolean =>
    list(object, 'status', 'conditions').some(c => text(c, 'type') === type && text(c, 'status') === 'True')
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (isDeleted(object)) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running'
}

const completions = (object: JsonObject): string => {
  const succeeded = number(object, 'status', 'succeeded')
  const wanted = at(object, 'spec', 'completions')
  if (typeof wanted === 'number') return `${succeeded}/${wanted}`
  const parallelism = number(object, 'spec', 'parallelism')
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

const jobDuration = (object: JsonObject, now: number): string => {
  const started = Date.parse(text(object, 'status', 'startTime'))
  const ended = Date.parse(text(object, 'status', 'completionTime'))
  return Number.isNaN(started) ? '' : humanDuration((Number.isNaN(ended) ? now : ended) - started)
}

export const controllerRevision: Printer = {
  columns: columns('Name', 'Controller', 'Revision', 'Age'),
  cells: (object, now) => {
    const owner = list(object, 'metadata', 'ownerReferences').find(o => at(o, 'controller') === true)
    const [, group] = text(owner, 'apiVersion').split('/').reverse()
    const kind = text(owner, 'kind').toLowerCase()
    const controller = owner === undefined ? '<none>' : `${kind}${group === undefined ? '' : `.${group}`}/${text(owner, 'name')}`
    return [nameOf(object), controller, number(object, 'revision'), ageOf(createdAt(object), now)]
  },
}

export const podDisruptionBudget: Printer = {
  columns: columns('Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions:integer', 'Age'),
  cells: (object, now) => {
    const amount = (field: string): unknown => {
      const given = at(object, 'spec', field)
      return given === undefined ? 'N/A' : typeof given === 'number' ? `${given}` : given
    }
    return [
      nameOf(object),
      amount('minAvailable'),
      amount('maxUnavailable'),
      number(object, 'status', 'disruptionsAllowed'),
      ageOf(createdAt(object), now),
    ]
  },
}
