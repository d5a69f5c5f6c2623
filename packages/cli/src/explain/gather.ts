import { type MachineRecord, claimOf, classNameOf } from '@kube-node/core'
import {
  CertificateSigningRequests,
  Events,
  Leases,
  type Node,
  NodeClasses,
  NodeSets,
  Nodes,
  Pods,
  Secrets,
  VolumeAttachments,
  annotations,
  labels,
  nameOf,
} from '@kube-node/core/api'
import type { Client } from '@kube-node/core/kube'
import { finder, listUnlessForbidden } from '../cluster/index.ts'
import { describeController, goodRecordOf } from '../describe/index.ts'
import { nodeRow } from '../status/index.ts'
import { CommandFailed, type Host } from '../terminal/index.ts'
import type { NodeChain } from './chain.ts'
import { askProvider } from './machine.ts'

export interface GatherOptions {
  /** Where the controllers' Leases are. */
  readonly namespace: string
  /** Modules of providers to ask. */
  readonly provider?: readonly string[]
}

/** Where the events of objects without a namespace are. */
export const eventNamespace = 'default'

/** The Node that goes on with the machine of a claim that was called so. */
const heirOf = (name: string, nodes: readonly Node[]): Node | undefined =>
  nodes.find(({ metadata }) => metadata?.annotations?.[annotations.claimedAs] === name)

/**
 * Reads the chain of one Node; where a claim of that name was handed over, of the one that goes on with it.
 * @throws CommandFailed when there is no such Node.
 */
export const gatherNode = async (host: Host, client: Client, asked: string, { namespace, provider }: GatherOptions): Promise<NodeChain> => {
  const { signal } = host
  const list = listUnlessForbidden(client, signal)
  const node = (await client.get(Nodes, { name: asked }, signal)) ?? heirOf(asked, (await list(Nodes)) ?? [])
  if (!node) throw new CommandFailed(`there is no Node "${asked}"`)
  const name = nameOf(node)
  const find = finder(client, signal)
  const record = goodRecordOf(node)
  const className = classNameOf(node)
  const setName = node.metadata?.labels?.[labels.nodeset]
  const reference = record?.connection.secret
  const [nodeClass, set, leases, secret, token, certificates, pods, attachments, events] = await Promise.all([
    className === undefined ? undefined : find(NodeClasses, { name: className }),
    setName === undefined ? undefined : find(NodeSets, { name: setName }),
    list(Leases, { namespace }),
    reference && find(Secrets, reference),
    readToken(client, record, signal),
    list(CertificateSigningRequests),
    list(Pods, { fields: `spec.nodeName=${name}` }),
    list(VolumeAttachments),
    list(Events, { namespace: eventNamespace, fields: `involvedObject.kind=Node,involvedObject.name=${name}` }),
  ])
  const classes = nodeClass === 'forbidden' ? undefined : typeof nodeClass === 'object' ? [nodeClass] : []
  const snapshot = { nodes: [node], classes, sets: [], leases, namespace, ...(events && { events }) }
  const uid = node.metadata?.uid ?? ''
  const now = host.runtime.clock.now()
  const row = nodeRow(node, snapshot, now)
  return {
    node,
    row,
    controller: describeController(row.controller, leases, namespace, now),
    nodeClass,
    set,
    secret: typeof secret === 'object' ? 'there' : secret,
    token,
    certificates,
    pods,
    attachments: attachments?.filter(({ spec }) => spec?.nodeName === name),
    // A kubelet names its own Node where others have the uid. An earlier Node of this name had other events.
    events: events?.filter(({ involvedObject }) => [uid, name, undefined, ''].includes(involvedObject?.uid)),
    asked: record && provider ? await askProvider(host, client, { modules: provider, record, claim: claimOf(node), namespace }) : undefined,
  }
}

/** Until when it lasts, and nothing else of it leaves this function. */
const readToken = async (client: Client, record: MachineRecord | undefined, signal: AbortSignal): Promise<NodeChain['token']> => {
  if (record?.token === undefined) return undefined
  const found = await finder(client, signal)(Secrets, { namespace: 'kube-system', name: `bootstrap-token-${record.token}` })
  if (typeof found === 'string') return found
  return { expiresAt: Buffer.from(found.data?.['expiration'] ?? '', 'base64').toString('utf8') }
}
