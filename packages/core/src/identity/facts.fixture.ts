import { type Node, annotations, finalizers } from '../api/index.ts'
import type { MachineRecord } from '../claim/index.ts'
import type { Machine } from '../provider/index.ts'
import { type RequestFacts, judge } from './judge.ts'
import { type Forgery, csr, forge, requestOf, servingSigner } from './request.fixture.ts'
import type { BootstrapToken } from './token.ts'

export const now: number = Date.parse('2026-01-01T00:00:00Z')

export const token: BootstrapToken = {
  id: 'abc123',
  secret: '0123456789abcdef',
  claim: 'uid-a',
  nodeName: 'a',
  attempt: 1,
  document: Buffer.from('x'),
  expiresAt: now + 60_000,
  admits: true,
  isDeleting: false,
  uid: 'secret-uid',
  resourceVersion: '9',
}

export const record: MachineRecord = {
  attempt: 1,
  controller: 'kube-node.dev/controller',
  provider: 'simulated',
  connection: { config: {} },
  id: 'm-1',
  token: 'abc123',
}

interface ClaimStory {
  readonly record?: Partial<MachineRecord>
  /** Members that the record lacks. */
  readonly without?: readonly (keyof MachineRecord)[]
  readonly metadata?: Node['metadata']
  readonly joined?: boolean
}

export const claim = ({ joined = false, metadata, without = [], ...story }: ClaimStory = {}): Node => {
  const members = Object.entries({ ...record, ...story.record }).filter(([key]) => !without.some(missing => missing === key))
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'a',
      uid: 'uid-a',
      finalizers: [finalizers.machine],
      annotations: { [annotations.machine]: JSON.stringify(Object.fromEntries(members)) },
      ...metadata,
    },
    ...(joined ? { status: { nodeInfo: { kubeletVersion: 'v1.37.2' } } } : {}),
  }
}

export const machine: Machine = {
  id: 'm-1',
  providerID: 'simulated://m-1',
  owner: { cluster: 'c', controller: record.controller, claim: 'uid-a', nodeName: 'a', attempt: 1 },
  state: 'running',
  createdAt: '2026-01-01T00:00:00Z',
  addresses: [
    { type: 'InternalIP', address: '10.0.0.7' },
    { type: 'ExternalIP', address: '2001:DB8::7' },
    { type: 'Hostname', address: 'Ip-10-0-0-7' },
    { type: 'InternalDNS', address: 'a.internal.example' },
    { type: 'ExternalDNS', address: 'a.example' },
  ],
}

type Spec = Parameters<typeof csr>[0]

/** A machine that shows the token of claim `a` and asks for just what it may have. */
export const firstJoin = (forgery: Forgery = {}, spec: Spec = {}, facts: Partial<RequestFacts> = {}): RequestFacts => ({
  request: csr({
    request: requestOf(forge(forgery)),
    username: 'system:bootstrap:abc123',
    groups: ['system:bootstrappers', 'system:bootstrappers:kube-node', 'system:authenticated'],
    ...spec,
  }),
  now,
  controller: record.controller,
  token,
  node: claim(),
  machine: undefined,
  dictated: undefined,
  ...facts,
})

const kubelet: Spec = { username: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] }

export const renewal = (forgery: Forgery = {}, spec: Spec = {}, facts: Partial<RequestFacts> = {}): RequestFacts =>
  firstJoin(forgery, { ...kubelet, ...spec }, { token: undefined, node: claim({ joined: true }), ...facts })

/** Asks for one address and one name of its own machine, unless it is told to ask for something else. */
export const serving = (forgery: Forgery = {}, spec: Spec = {}, facts: Partial<RequestFacts> = {}): RequestFacts =>
  renewal(
    { dns: ['a'], ips: [[10, 0, 0, 7]], ...forgery },
    { signerName: servingSigner, usages: ['digital signature', 'server auth'], ...spec },
    { machine, ...facts },
  )

/** `approve FirstJoin`, `refuse WrongSubject`, `not ours` */
export const verdictOf = (facts: RequestFacts): string => {
  const verdict = judge(facts)
  return 'reason' in verdict ? `${verdict.verdict} ${verdict.reason}` : verdict.verdict
}
