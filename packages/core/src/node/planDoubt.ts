import { type Node, nameOf } from '../api/index.ts'
import type { MachineRecord } from '../claim/index.ts'
import type { Machine } from '../provider/index.ts'
import type { NodeStep } from './step.ts'

/** How soon it is looked at again: that a token was traded is no event of the claim's. */
const lookAgainMs = 10_000

/** Nothing is decided on what may be another machine's word: it is said, with what a person can do. */
export const awaitOwnKubelet = (node: Node, { token = '' }: MachineRecord, machine: Machine): NodeStep => ({
  do: 'tell',
  phase: 'Booting',
  reason: 'NameInUse',
  message:
    `a kubelet posts as "${nameOf(node)}", and machine ${machine.id} of this claim has not joined yet: it is that of an older machine ` +
    'of this name, whose certificate is still good, and it is not taken for this one. Stop it, or delete its machine; if it is the ' +
    `machine of this claim all the same, delete Secret kube-system/bootstrap-token-${token}`,
  afterMs: lookAgainMs,
  // Its address may be all that is missing: a machine that was just made has none in its first list.
  expect: true,
})
