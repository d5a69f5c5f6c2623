import type { ClassConnection, Condition } from '@kube-node/core/api'
import type { ControllerDescription } from '../describe/index.ts'
import type { ClassRow, NodeRow, SetRow } from '../status/index.ts'
import type { EventFacts } from './chain.ts'
import { type Entry, controllerEntry, entry, eventEntry, when } from './page.ts'

/** A set or a class. Names and meanings of these fields are what `-o json` shows. */
export interface PlainExplanation {
  readonly nodeSet?: SetRow
  readonly class?: ClassRow
  readonly controllers: readonly ControllerDescription[]
  readonly conditions: readonly Condition[]
  readonly nodes: readonly NodeRow[]
  readonly events?: readonly EventFacts[]
}

export const plainEntries = (explained: PlainExplanation, now: number, width: number): readonly Entry[] => {
  const { nodeSet, class: nodeClass, controllers, conditions, nodes, events } = explained
  const row = nodeSet ?? nodeClass
  return [
    ...(nodeSet ? setEntries(nodeSet, now) : []),
    ...(nodeClass ? classEntries(nodeClass, now) : []),
    entry('WHY', row?.why),
    entry('NEXT', row?.next),
    ...controllers.map(controller => controllerEntry(controller, now)),
    entry(
      'CONDITIONS',
      ...conditions.map(
        ({ type, status, reason, message, lastTransitionTime }) =>
          `${type} ${status} since ${when(lastTransitionTime, now) ?? '-'}: ${[reason, message].filter(Boolean).join(': ')}`,
      ),
    ),
    entry(
      'NODES',
      ...(nodes.length === 0 ? ['none'] : nodes.map(({ name, phase, why }) => `${name}: ${[phase, why].filter(Boolean).join(', ')}`)),
    ),
    eventEntry(events, now, width),
  ]
}

const setEntries = (
  { name, class: className, createdAt, desired, current, ready, updated, available, revision }: SetRow,
  now: number,
): readonly Entry[] => [
  entry('NODESET', name, `created ${when(createdAt, now) ?? '-'}`),
  entry('CLASS', className),
  entry('SIZE', `${desired} desired, ${current} current, ${ready} ready, ${updated} updated, ${available} available`),
  entry('REVISION', revision),
]

const classEntries = (
  { name, createdAt, provider, ready, nodes, limit, since, resolved = [], connections = [] }: ClassRow,
  now: number,
): readonly Entry[] => [
  entry('CLASS', name, `created ${when(createdAt, now) ?? '-'}`),
  entry('PROVIDER', provider),
  entry('READY', `${ready}${since === undefined ? '' : ` since ${when(since, now) ?? ''}`}`),
  entry('SIZE', `${nodes} nodes${limit === undefined ? '' : ` of ${limit} (spec.limits.nodes)`}`),
  entry('RESOLVED', ...resolved.map(({ field, value }) => `${field}: ${value}`)),
  entry('CONNECTIONS', ...connections.map(connectionLine)),
]

const connectionLine = ({ provider, account, config, secret }: ClassConnection): string =>
  [
    `${provider}${account === undefined ? '' : ` account ${account}`}: ${JSON.stringify(config)}`,
    ...(secret ? [`credentials in Secret ${secret.namespace}/${secret.name}`] : []),
  ].join(', ')
