import { type MachineRecord, isDeleting } from '@kube-node/core'
import { type Node, annotations, conditions, findCondition } from '@kube-node/core/api'
import { goodRecordOf, wordsOf } from '../describe/index.ts'

/** What has come of an adoption. */
export type AdoptionOutcome =
  | { readonly kind: 'adopted'; readonly record: MachineRecord }
  /** `told`: what was said last, if anything was. */
  | { readonly kind: 'waits'; readonly told?: string }
  | { readonly kind: 'refused'; readonly why: string }
  /** It is gone, on its way out, or another one by now. */
  | { readonly kind: 'gone' }

/** `before`: the Node as it was when it was asked for. What was said by then may be about an earlier try. */
export const adoptionOutcome = (node: Node | undefined, before: Node): AdoptionOutcome => {
  if (!node || node.metadata?.uid !== before.metadata?.uid || isDeleting(node)) return { kind: 'gone' }
  const record = goodRecordOf(node)
  if (record && node.metadata?.annotations?.[annotations.adopt] === undefined) return { kind: 'adopted', record }
  const said = findCondition(node.status?.conditions, conditions.machineProvisioned)
  if (said?.status !== 'False') return { kind: 'waits' }
  const told = wordsOf(said)
  const old = findCondition(before.status?.conditions, conditions.machineProvisioned)
  const isNew = old?.reason !== said.reason || old?.message !== said.message || old?.lastHeartbeatTime !== said.lastHeartbeatTime
  return isNew && isRefusal(said.reason) ? { kind: 'refused', why: told } : { kind: 'waits', told }
}

const isRefusal = (reason: string | undefined): boolean => reason?.startsWith('Adoption') === true && reason !== 'Adopted'
