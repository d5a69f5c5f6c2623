import { nameOf } from '../api/index.ts'
import { type MachineRecord, handedOverTo, hasJoined, hasMachineFinalizer, isDeleting, tookOver } from '../claim/index.ts'
import { judgeNamesake } from '../identity/index.ts'
import type { Machine } from '../provider/index.ts'
import type { Mirror, NodeFacts } from './facts.ts'
import type { NodeStep } from './step.ts'

/** A refusal is looked at again this often: who mends it may do so without an event of this claim's. */
const lookAgainMs = 30_000

/**
 * The cloud dictates the name of this claim's Node: what to do about the Node that is called so. Undefined while no kubelet has made it,
 * and where the name is the claim's own. Its own is taken over, in one write; whatever else it may be is left as it is, and said.
 */
export const planHandover = ({ node, mirror, namesake }: NodeFacts, record: MachineRecord, machine: Machine): NodeStep | undefined => {
  if (!mirror || mirror.problem || mirror.nodeNames !== 'cloud' || machine.state === 'stopping') return undefined
  if (machine.nodeName === undefined || machine.nodeName === nameOf(node)) return undefined
  if (mirror.twins > 0) {
    return refuse('NodeNameShared', `provider ${record.provider} calls ${mirror.twins + 1} machines ${machine.nodeName}: a defect of it`)
  }
  if (!namesake || nameOf(namesake) !== machine.nodeName) return undefined
  const judged = judgeNamesake(node, record, machine.providerID, namesake)
  if (judged.is === 'foreign') return refuse('NodeNameTaken', judged.message)
  return hasJoined(namesake) ? { do: 'handOver', to: namesake, machine } : undefined
}

/**
 * Whether the kubelet that posts on the claim's own Node is the machine's. Where the cloud dictates another name it is somebody else's:
 * an earlier machine of that name, say, or one whose Node a person has deleted. Once bound by its providerID it is not asked again.
 */
export const isJoined = ({ isDoubted, node }: NodeFacts, { nodeNames }: Mirror, { nodeName, providerID }: Machine): boolean =>
  hasJoined(node) &&
  !isDoubted &&
  (nodeNames === 'claim' || tookOver(node) || nodeName === nameOf(node) || node.spec?.providerID === providerID)

const refuse = (reason: string, message: string): NodeStep => ({ do: 'tell', phase: 'Booting', reason, message, afterMs: lookAgainMs })

/**
 * What is left to do for a claim that another Node has taken over; undefined for all others. The machine is that one's: nothing is
 * created or deleted here any more. Marked first, then deleted, then let go, so that a deletion without the mark is somebody's wish
 * for the machine to go: it is passed on.
 */
export const planHandedOver = ({ node, heir }: NodeFacts): NodeStep | undefined => {
  const to = handedOverTo(node)
  if (!heir && to === undefined) return undefined
  if (isDeleting(node)) {
    if (heir && to === undefined && !isDeleting(heir)) return { do: 'passDeletionOn', to: heir }
    return hasMachineFinalizer(node) ? { do: 'letGo', to: to ?? nameOf(heir ?? node) } : { do: 'rest' }
  }
  if (heir && to !== nameOf(heir)) return { do: 'markHandedOver', to: nameOf(heir) }
  return { do: 'retire' }
}

/** The Node that took a claim over does not go before its claim knows: who finds neither of them would make another machine. */
export const afterOrigin = ({ origin }: NodeFacts, step: NodeStep): NodeStep =>
  step.do === 'release' && origin && !isDeleting(origin) ? { do: 'rest', afterMs: 1_000 } : step
