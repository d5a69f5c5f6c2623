import { describeMs } from '@kube-node/core/runtime'
import { type ControllerDescription, age, holderName, timeOf } from '../describe/index.ts'
import { type Column, tableLines } from '../display/index.ts'
import { wrapped } from '../status/index.ts'
import type { EventFacts, NodeExplanation } from './chain.ts'

/** A part of a page: what it is about, and lines about it. */
export interface Entry {
  readonly label: string
  readonly lines: readonly string[]
}

/** Labels on the left, and what there is to say on the right, wrapped where the screen ends. */
export const pageLines = (entries: readonly Entry[], width: number): readonly string[] => {
  const told = entries.filter(({ lines }) => lines.length > 0)
  const wide = Math.max(...told.map(({ label }) => label.length)) + 2
  return told.flatMap(({ label, lines }) =>
    lines
      // What is aligned by spaces is a table's, which has been fitted already.
      .flatMap(line => (line.length + wide <= width || line.includes('  ') ? [line] : wrapped(line, Math.max(30, width - wide))))
      .map((line, at) => `${(at === 0 ? label : '').padEnd(wide)}${line}`.trimEnd()),
  )
}

export const entry = (label: string, ...lines: readonly (string | undefined)[]): Entry => ({
  label,
  lines: lines.flatMap(line => (line === undefined || line === '' ? [] : [line])),
})

/** Parts of a sentence that are there. */
const list = (...parts: readonly (string | false | undefined)[]): string =>
  parts.filter(part => part !== undefined && part !== false && part !== '').join(', ')

/** `12:00:00Z, 30 s ago`: with the day, since pages are kept. */
export const when = (time: string | undefined, now: number): string | undefined => {
  const ms = timeOf(time)
  if (time === undefined || ms === undefined) return undefined
  return ms <= now ? `${time} (${describeMs(now - ms)} ago)` : `${time} (in ${describeMs(ms - now)})`
}

export const nodeEntries = (explained: NodeExplanation, now: number, width: number): readonly Entry[] => {
  const { node, pods, volumes } = explained
  const since = timeOf(node.since)
  return [
    entry(
      'NODE',
      node.name,
      list(`uid ${node.uid}`, `created ${when(node.createdAt, now) ?? '-'}`),
      node.claimedAs && `claimed as ${node.claimedAs}; the cloud dictates its name`,
      node.deletedAt && `deleted ${when(node.deletedAt, now) ?? ''}`,
    ),
    entry('PHASE', node.phase === '' ? 'none' : `${node.phase}${since === undefined ? '' : ` for ${describeMs(now - since)}`}`),
    entry('WHY', node.why),
    entry('NEXT', node.next),
    entry(
      'KUBELET',
      list(node.kubelet ?? 'has not joined', node.kubelet !== undefined && `Ready ${node.ready ?? 'Unknown'}`, node.cordoned && 'cordoned'),
    ),
    entry('TAINTS', node.taints.join(', ')),
    entry('FINALIZERS', node.finalizers.join(', ')),
    classEntry(explained),
    setEntry(explained),
    controllerEntry(explained.controller, now),
    ...recordEntries(explained, now),
    providerEntry(explained),
    tokenEntry(explained, now),
    certificateEntry(explained, now),
    entry(
      'PODS',
      pods && (pods.holding.length === 0 ? String(pods.count) : `${pods.count}, of which these hold the drain:`),
      ...(pods?.holding.map(({ name, why }) => `${name}: ${why}`) ?? []),
    ),
    entry(
      'VOLUMES',
      ...(volumes?.map(({ name, attached, problem }) => `${name}: ${list(attached ? 'attached' : 'not attached', problem)}`) ?? []),
    ),
    eventEntry(explained.events, now, width),
  ]
}

const classEntry = ({ class: nodeClass, node }: NodeExplanation): Entry => {
  if (!nodeClass) return entry('CLASS', 'none')
  if (nodeClass.state !== 'there') return entry('CLASS', `${nodeClass.name}: ${stateWords[nodeClass.state]}`)
  const { name, provider, ready, message, revision, outdated } = nodeClass
  return entry(
    'CLASS',
    `${name}: ${list(`provider ${provider ?? '-'}`, `Ready ${ready ?? 'Unknown'}`, ready === 'True' ? undefined : message)}`,
    outdated === undefined
      ? undefined
      : outdated
        ? `revision ${revision ?? ''}; the Node was made by revision ${node.revision ?? ''}: a new machine would be another`
        : `revision ${revision ?? ''}, by which the Node was made`,
  )
}

const stateWords = { missing: 'there is none', forbidden: 'this identity may not read it', there: 'there' } as const

const setEntry = ({ nodeSet }: NodeExplanation): Entry => {
  if (!nodeSet) return entry('SET')
  const { name, state, desired, ready } = nodeSet
  return entry('SET', `${name}: ${state === 'there' ? `${ready ?? 0} of ${desired ?? 0} ready` : stateWords[state]}`)
}

export const controllerEntry = (facts: ControllerDescription, now: number): Entry => {
  const { controller, state, holder, renewedAt, why, next, lease } = facts
  const renewed = renewedAt === undefined ? undefined : `renewed ${when(renewedAt, now) ?? ''}`
  const held = holder === undefined ? undefined : `held by ${holderName(holder)}`
  return entry('CONTROLLER', `${controller}: ${list(state, held, renewed, `Lease ${lease}`)}`, why === '' ? undefined : `${why}; ${next}`)
}

const recordEntries = ({ record, node }: NodeExplanation, now: number): readonly Entry[] => {
  if (!record) return [entry('RECORD', 'none: no machine was asked for')]
  if (record.problem !== undefined) return [entry('RECORD', `makes no sense: ${record.problem}`)]
  const { account, attempt, provider, connection, secret, secretState, startedAt, createdAt, deletedAt } = record
  return [
    entry(
      'RECORD',
      `attempt ${attempt ?? 0} at ${provider ?? ''}, begun ${when(startedAt, now) ?? 'at an unknown time'}`,
      account === undefined ? undefined : `account ${account}`,
      connection && Object.keys(connection).length > 0 ? `connection ${JSON.stringify(connection)}` : undefined,
      secret === undefined
        ? undefined
        : `credentials in Secret ${secret}${secretState === undefined || secretState === 'there' ? '' : `: ${stateWords[secretState]}`}`,
      createdAt === undefined ? undefined : `machine first seen ${when(createdAt, now) ?? ''}`,
      deletedAt === undefined ? undefined : `end of the machine decided ${when(deletedAt, now) ?? ''}`,
    ),
    entry(
      'MACHINE',
      node.machine === undefined ? 'none is known' : list(node.machine, node.providerID),
      list(
        node.zone !== undefined && `zone ${node.zone}`,
        node.region !== undefined && `region ${node.region}`,
        node.instanceType !== undefined && `type ${node.instanceType}`,
      ),
    ),
  ]
}

const providerEntry = ({ provider, record }: NodeExplanation): Entry => {
  if (!provider) return entry('PROVIDER')
  if (provider.problem !== undefined) return entry('PROVIDER', `could not be asked: ${provider.problem}`)
  const missing = provider.missing === 0 ? undefined : `${provider.missing} of its places did not answer`
  if (provider.machines.length === 0) return entry('PROVIDER', `${record?.provider ?? ''} has no machine of this claim`, missing)
  return entry(
    'PROVIDER',
    ...provider.machines.map(({ id, state, recorded, owner, zone, addresses = [] }) =>
      list(
        `${id}${recorded ? '' : ' (not the recorded one)'} ${state}`,
        zone !== undefined && `zone ${zone}`,
        `its tags: ${owner}`,
        ...addresses.map(({ type, address }) => `${type} ${address}`),
      ),
    ),
    missing,
  )
}

const tokenEntry = ({ token }: NodeExplanation, now: number): Entry => {
  if (!token) return entry('TOKEN')
  const { id, state, expiresAt } = token
  if (state === 'missing' || state === 'forbidden') return entry('TOKEN', `${id}: ${stateWords[state]}`)
  return entry('TOKEN', `${id}: ${state === 'expired' ? 'expired' : 'good until'} ${when(expiresAt, now) ?? ''}`)
}

const certificateEntry = ({ certificates }: NodeExplanation, now: number): Entry =>
  entry(
    'CERTIFICATES',
    ...(certificates?.map(({ name, wants, state, why, createdAt }) => list(`${name} for ${wants}: ${state}`, when(createdAt, now), why)) ??
      []),
  )

export const eventEntry = (events: readonly EventFacts[] | undefined, now: number, width: number): Entry => {
  if (!events || events.length === 0) return entry('EVENTS', events ? 'none (they live an hour)' : 'this identity may not read them')
  const columns: readonly Column<EventFacts>[] = [
    { title: 'LAST', cell: ({ at }) => age(now - (timeOf(at) ?? now)), align: 'right' },
    { title: 'COUNT', cell: ({ count }) => `x${count}`, align: 'right', dispensable: 1 },
    { title: 'TYPE', cell: ({ type }) => type, dispensable: 3 },
    { title: 'REASON', cell: ({ reason }) => reason },
    { title: 'FROM', cell: ({ from }) => from, dispensable: 2 },
  ]
  const [header = '', ...rows] = tableLines(columns, events, { width: Infinity, paintHeader: text => text })
  const room = width - eventIndent
  return entry(
    'EVENTS',
    header,
    ...events.flatMap(({ message }, at) => {
      const row = rows[at] ?? ''
      const one = `${row}  ${message}`
      return one.length <= room ? [one] : [row, ...wrapped(message, room - 4).map(line => `    ${line}`)]
    }),
  )
}

/** The widest label of a page, and the gap behind it. */
const eventIndent = 14
