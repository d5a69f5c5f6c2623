import { createHash } from 'node:crypto'
import { type Node, nameOf } from '../api/index.ts'
import { type MachineRecord, claimOf, configToSend } from '../claim/index.ts'
import type { Bootstrap, CreateRequest, MachineProvider, OpaqueConfig, Owner } from '../provider/index.ts'

/**
 * What create sends: a function of the Node's UID, its record, and the document that is kept with the record's token, so that
 * every life of every controller sends the same request for the same attempt.
 */
export const createRequest = (
  node: Node,
  record: MachineRecord,
  cluster: string,
  provider: MachineProvider,
  bootstrap: Bootstrap,
): CreateRequest<OpaqueConfig> => {
  const token = tokenOf(node, record)
  return {
    token,
    name: machineName(nameOf(node), token, provider.definition.maxNameLength ?? longestName),
    owner: ownerOf(node, record, cluster),
    config: configToSend(record),
    bootstrap,
    avoid: record.avoid ?? [],
  }
}

/** Whose the machine of this attempt is. */
export const ownerOf = (node: Node, { controller, attempt }: MachineRecord, cluster: string): Owner => ({
  cluster,
  controller,
  claim: claimOf(node),
  nodeName: nameOf(node),
  attempt,
})

/** The idempotency token of an attempt. */
export const tokenOf = (node: Node, record: MachineRecord): string => `${claimOf(node)}-${record.attempt}`

/** A DNS-1123 label, which is what every cloud accepts. */
const longestName = 63
const hashLength = 10

/** The node's name for people, a hash of the token for uniqueness. */
const machineName = (nodeName: string, token: string, longest: number): string => {
  const hash = createHash('sha256').update(token).digest('hex').slice(0, hashLength)
  const readable = nodeName
    .replaceAll(/[^a-z0-9-]/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, longest - hashLength - 1)
    .replace(/-+$/, '')
  return `${readable === '' ? 'node' : readable}-${hash}`
}
