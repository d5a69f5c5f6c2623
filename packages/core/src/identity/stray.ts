import type { Node } from '../api/index.ts'
import { claimOf, isBroken, isClaim, recordOf } from '../claim/index.ts'
import type { BootstrapToken } from './token.ts'

/**
 * In words, why nobody waits any more for a machine that would show this token; undefined while somebody may, and for a token that is
 * not this controller's. Pure.
 *
 * `node` is the Node of the token's name, read after the token. A record with a token's id is written before that token, and no id is
 * ever used again: so a Node which is read later and does not know of it never will.
 */
export const whyStray = (token: BootstrapToken, node: Node | undefined, controller: string): string | undefined => {
  if (token.isDeleting || token.controller !== controller) return undefined
  if (node?.metadata?.name !== token.nodeName || claimOf(node) !== token.claim) return 'its claim is gone'
  if (!isClaim(node)) return 'its Node is no claim any more'
  const record = recordOf(node)
  // Somebody took the record or damaged it: it may come back, and if another one is written, that one tells.
  if (record === undefined || isBroken(record) || record.controller !== controller) return undefined
  if (record.attempt !== token.attempt) return `its claim is at attempt ${record.attempt}`
  return record.token === token.id ? undefined : 'its attempt has no use for it'
}
