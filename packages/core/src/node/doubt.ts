import type { Node } from '../api/index.ts'
import { type MachineRecord, hasJoined } from '../claim/index.ts'
import { postsFrom, readToken } from '../identity/index.ts'
import type { Machine } from '../provider/index.ts'
import { ownerOf } from './document.ts'
import type { Life } from './life.ts'

/**
 * A kubelet posts on the Node, and the token of its attempt was traded for no key: a machine of this attempt can't have joined yet. A
 * quorum read, until the join is written down. A token that is gone says nothing: it goes with the join, and with time. Nor does one of a
 * recovery: its machine has joined before.
 */
export const isTokenUntraded = async (life: Life, node: Node, record: MachineRecord): Promise<boolean> => {
  if (!life.approves || record.token === undefined || record.recovery || !hasJoined(node)) return false
  const { client, signal } = life.context
  const { token } = await readToken(client, record.token, ownerOf(node, record), signal)
  return token !== undefined && token.admits && token.approvedKey === undefined
}

/**
 * What a token does not say, the address may: a restored API server has forgotten for which key it was traded, and kubelets of classes that
 * others let in post from where their provider says that they are.
 */
export const isDoubtful = (node: Node, machine: Machine | undefined, untraded: boolean): boolean =>
  untraded && (machine === undefined || !postsFrom(node, machine))
