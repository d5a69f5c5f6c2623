import { type MachineRecord, classNameOf, hasJoined, isBroken, readyStatus, recordOf } from '@kube-node/core'
import { type Condition, type Node, type Taint, annotations, conditions, findCondition, hasTaint, taints } from '@kube-node/core/api'
import { describeMs } from '@kube-node/core/runtime'
import type { ClaimFacts } from './claim.ts'
import { saidAt, withoutNextTry, wordsOf } from './conditions.ts'
import { timeoutsOf } from './timeouts.ts'
import type { Told } from './told.ts'
import { timeOf } from './times.ts'

/** Why a claim that is not being deleted is where it is. */
export const tellProvision = (facts: ClaimFacts): Told => {
  const { node } = facts
  const record = recordOf(node)
  if (isBroken(record)) {
    const next = 'restore it, or delete the machine by hand and remove the annotation'
    return { why: `the record of its machine makes no sense: ${record.problem}`, next, state: 'trouble' }
  }
  if (!record) return tellBeginning(facts)
  const failure = failureOf(node)
  if (failure && isOf(failure, record)) return tellFailure(failure, facts)
  if (record.id === undefined) return tellCreation(record, failure)
  if (!hasJoined(node)) return tellBoot(facts, record)
  return tellJoined(facts)
}

/** What the controller last said is wrong. */
const failureOf = (node: Node): Condition | undefined => {
  const said = findCondition(node.status?.conditions, conditions.machineProvisioned)
  return said?.status === 'False' ? said : undefined
}

/** A new attempt does not take back what was said of the last one. */
const isOf = (failure: Condition, { startedAt, createdAt, id }: MachineRecord): boolean => {
  const said = saidAt(failure)
  const since = timeOf(id === undefined ? startedAt : (createdAt ?? startedAt))
  return said === undefined || since === undefined || said >= since
}

const tellFailure = (failure: Condition, { now }: ClaimFacts): Told => ({
  ...withoutNextTry(wordsOf(failure), saidAt(failure), now),
  state: 'trouble',
})

const tellBeginning = (facts: ClaimFacts): Told => {
  const { node, nodeClass } = facts
  const name = classNameOf(node) ?? ''
  if (nodeClass === 'missing') {
    return { why: `there is no NodeClass "${name}"`, next: 'create it, or delete this node', state: 'trouble' }
  }
  const failure = failureOf(node)
  if (failure) return tellFailure(failure, facts)
  if (node.metadata?.annotations?.[annotations.adopt] !== undefined) return { why: 'is to be adopted', next: '', state: 'progress' }
  const ready = nodeClass === 'unreadable' ? undefined : findCondition(nodeClass.status?.conditions, 'Ready')
  if (ready?.status === 'False') {
    return { why: `NodeClass "${name}" is not ready: ${wordsOf(ready)}`, next: 'correct the class', state: 'trouble' }
  }
  return { why: 'nobody has begun with it', next: '', state: 'progress' }
}

const tellCreation = ({ attempt, provider }: MachineRecord, earlier: Condition | undefined): Told => {
  const which = attempt === 1 ? '' : `attempt ${attempt}: `
  const before = earlier && attempt > 1 ? `; the last attempt: ${withoutNextTry(wordsOf(earlier), undefined, 0).why}` : ''
  return { why: `${which}its machine is being made at ${provider}${before}`, next: '', state: 'progress' }
}

const tellBoot = (facts: ClaimFacts, record: MachineRecord): Told => {
  const { nodeClass, now } = facts
  const { joinMs, provisionMs } = timeoutsOf(nodeClass)
  // The config stays in the record while the provider has steps to do on the machine, which take their own time.
  const allowed = record.config === undefined ? joinMs : provisionMs + joinMs
  const left = (timeOf(record.createdAt ?? record.startedAt) ?? now) + allowed - now
  const next =
    left > 0
      ? `it is replaced when no kubelet has joined in ${describeMs(left)} (spec.timeouts.join)`
      : 'its time to join is over: it is to be replaced'
  const refused = newestRefusal(facts, record)
  if (refused !== undefined) return { why: refused, next, state: 'trouble' }
  return { why: 'its kubelet has not joined', next, state: 'progress' }
}

/** Of its kubelet's certificate: nothing else on the Node tells of it. */
const newestRefusal = ({ events }: ClaimFacts, { createdAt, startedAt }: MachineRecord): string | undefined => {
  const from = timeOf(createdAt ?? startedAt) ?? -Infinity
  const certificates = events
    .filter(({ reason, lastTimestamp }) => (reason ?? '').startsWith('Certificate') && (timeOf(lastTimestamp) ?? 0) >= from)
    .toSorted((a, b) => (timeOf(b.lastTimestamp) ?? 0) - (timeOf(a.lastTimestamp) ?? 0))
  const [newest] = certificates
  return newest?.reason === 'CertificateRefused' ? newest.message : undefined
}

const tellJoined = ({ node, nodeClass }: ClaimFacts): Told => {
  const running = node.metadata?.annotations?.[annotations.phase] === 'Running'
  if (readyStatus(node) !== 'True') {
    const ready = findCondition(node.status?.conditions, 'Ready')
    const words = ready?.message ? `: ${ready.message}` : ''
    return { why: `${running ? '' : 'its kubelet has joined and is '}not ready${words}`, next: '', state: running ? 'trouble' : 'progress' }
  }
  if (running) return { why: node.spec?.unschedulable === true ? 'cordoned' : '', next: '', state: 'ok' }
  const startup = typeof nodeClass === 'string' ? [] : (nodeClass.spec.template?.startupTaints ?? [])
  const waits = tellTaints(node, startup)
  return { why: waits === '' ? 'its kubelet has joined' : `waits for ${waits}`, next: '', state: 'progress' }
}

/** Who is waited for; empty when nobody is. */
const tellTaints = ({ spec }: Node, startup: readonly Taint[]): string => {
  const held = startup.filter(taint => taint.key !== taints.uninitialized && hasTaint(spec?.taints, taint)).map(({ key }) => key)
  return [
    ...(hasTaint(spec?.taints, { key: taints.uninitialized })
      ? [`a cloud-controller-manager to initialise it and take taint ${taints.uninitialized} off`]
      : []),
    ...(held.length > 0 ? [`somebody to take startup taints off: ${held.join(', ')}`] : []),
  ].join(', and for ')
}
