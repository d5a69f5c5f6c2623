import { type Node, Nodes, nameOf } from '../api/index.ts'
import { isDeleting } from '../claim/index.ts'
import type { Life } from './life.ts'

/** Asked right before the deletion of a claim's machine leaves: whatever was read before may be what a restore has taken back. */
export const isDeletionDue = async (life: Life, node: Node): Promise<boolean> => life.freeze.why === undefined || isStillDeleted(life, node)

/**
 * Whether the Node is there, and being deleted, at this moment: a restored API server may have forgotten its deletion, and our store of
 * Nodes may be the last to know that the server went back.
 */
const isStillDeleted = async ({ context }: Life, node: Node): Promise<boolean> => {
  const live = await context.client.get(Nodes, { name: nameOf(node) }, context.signal)
  return live?.metadata?.uid === node.metadata?.uid && live !== undefined && isDeleting(live)
}
