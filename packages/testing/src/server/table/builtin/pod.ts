import { ageOf } from '../age.ts'
import { type Printer, at, columns, createdAt, isDeleted, list, nameOf, number, text } from '../printer.ts'
import type { JsonObject } from '../../schema/json.ts'

const finished: Readonly<Record<string, JsonObject>> = {
  Succeeded: { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
  Failed: { type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' },
}

export const pod: Printer = {
  columns: columns('Name', 'Ready', 'Status', 'Restarts', 'Age', 'IP+', 'Node+', 'Nominated Node+', 'Readiness Gates+'),
  cells: (object, now) => {
    const { ready, total, status, restarts, lastRestart } = summary(object)
    return [
      nameOf(object),
      `${ready}/${total}`,
      status,
      restarts === 0 || lastRestart === '' ? String(restarts) : `${restarts} (${ageOf(lastRestart, now)} ago)`,
      ageOf(createdAt(object), now),
      text(list(object, 'status', 'podIPs')[0], 'ip') || '<none>',
      text(object, 'spec', 'nodeName') || '<none>',
      text(object, 'status', 'nominatedNodeName') || '<none>',
      readinessGates(object),
    ]
  },
  conditions: object => [finished[text(object, 'status', 'phase')]].filter(condition => condition !== undefined),
}

interface Summary {
  ready: number
  total: number
  status: string
  restarts: number
  /** RFC 3339, '' for never. */
  lastRestart: string
}

const summary = (object: JsonObject): Summary => {
  const conditions = list(object, 'status', 'conditions')
  const sidecars = new Set(
    list(object, 'spec', 'initContainers')
      .filter(c => text(c, 'restartPolicy') === 'Always')
      .map(c => text(c, 'name')),
  )
  const phase = text(object, 'status', 'phase')
  const gated = conditions.some(c => text(c, 'type') === 'PodScheduled' && text(c, 'reason') === 'SchedulingGated')
  const result: Summary = {
    ready: 0,
    total: list(object, 'spec', 'containers').length + sidecars.size,
    restarts: 0,
    lastRestart: '',
    status: gated ? 'SchedulingGated' : text(object, 'status', 'reason') || phase,
  }
  const initializing = initContainers(object, sidecars, result)
  if (!initializing || isTrue(conditions, 'Initialized')) containers(object, sidecars, conditions, result)
  if (isDeleted(object)) {
    if (text(object, 'status', 'reason') === 'NodeLost') result.status = 'Unknown'
    else if (phase !== 'Succeeded' && phase !== 'Failed') result.status = 'Terminating'
  }
  return result
}

const isTrue = (conditions: readonly unknown[], type: string): boolean =>
  conditions.some(c => text(c, 'type') === type && text(c, 'status') === 'True')

const noteRestarts = (result: Summary, container: unknown): void => {
  result.restarts += number(container, 'restartCount')
  const finishedAt = text(container, 'lastState', 'terminated', 'finishedAt')
  if (finishedAt > result.lastRestart) result.lastRestart = finishedAt
}

const exitOf = (terminated: unknown): string =>
  text(terminated, 'reason') ||
  (number(terminated, 'signal') === 0 ? `ExitCode:${number(terminated, 'exitCode')}` : `Signal:${number(terminated, 'signal')}`)

/** Is one of them still at work, or failed? Then the pod's status speaks of it. */
const initContainers = (object: JsonObject, sidecars: ReadonlySet<string>, result: Summary): boolean => {
  const total = list(object, 'spec', 'initContainers').length
  for (const [i, container] of list(object, 'status', 'initContainerStatuses').entries()) {
    noteRestarts(result, container)
    const terminated = at(container, 'state', 'terminated')
    if (terminated !== undefined && number(terminated, 'exitCode') === 0) continue
    if (sidecars.has(text(container, 'name')) && at(container, 'started') === true) {
      if (at(container, 'ready') === true) result.ready += 1
      continue
    }
    const waiting = text(container, 'state', 'waiting', 'reason')
    if (terminated !== undefined) result.status = `Init:${exitOf(terminated)}`
    else if (waiting !== '' && waiting !== 'PodInitializing') result.status = `Init:${waiting}`
    else result.status = `Init:${i}/${total}`
    return true
  }
  return false
}

const containers = (object: JsonObject, sidecars: ReadonlySet<string>, conditions: readonly unknown[], result: Summary): void => {
  result.restarts = 0
  result.lastRestart = ''
  for (const container of list(object, 'status', 'initContainerStatuses'))
    if (sidecars.has(text(container, 'name'))) noteRestarts(result, container)
  let running = false
  let failed = ''
  for (const container of list(object, 'status', 'containerStatuses').toReversed()) {
    noteRestarts(result, container)
    const waiting = text(container, 'state', 'waiting', 'reason')
    const terminated = at(container, 'state', 'terminated')
    if (waiting !== '') result.status = waiting
    else if (terminated !== undefined) {
      result.status = exitOf(terminated)
      if (number(terminated, 'exitCode') !== 0) failed = result.status
    } else if (at(container, 'ready') === true && at(container, 'state', 'running') !== undefined) {
      running = true
      result.ready += 1
    }
  }
  if (result.status !== 'Completed') return
  if (running && isTrue(conditions, 'Ready')) result.status = 'Running'
  else if (failed !== '') result.status = failed
  else if (running) result.status = 'NotReady'
}

const readinessGates = (object: JsonObject): string => {
  const gates = list(object, 'spec', 'readinessGates').map(gate => text(gate, 'conditionType'))
  const conditions = list(object, 'status', 'conditions')
  return gates.length === 0 ? '<none>' : `${gates.filter(gate => isTrue(conditions, gate)).length}/${gates.length}`
}
