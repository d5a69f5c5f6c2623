import { describe, expect, it } from 'vitest'
import { type Node, finalizers, labels } from '../api/index.ts'
import { claim, firstJoin, machine, record, renewal, serving, token, verdictOf } from './facts.fixture.ts'
import type { Dictated } from './judge.ts'
import type { Forgery } from './request.fixture.ts'

const name = 'ip-10-0-0-7.ec2.internal'
const startedAt = '2026-01-01T00:00:00Z'
const named = { ...machine, nodeName: name }
/** What the cloud says of the machine of claim `a`. */
const cloud = (more: Partial<Dictated> = {}): Dictated => ({ machine: named, others: 0, namesake: undefined, ...more })
const asNode = (nodeName: string): Forgery => ({ commonName: `system:node:${nodeName}` })
/** The claim, that is not handed over yet. */
const node = claim({ record: { startedAt } })
const verdict = (forgery: Forgery, dictated: Dictated): string => verdictOf(firstJoin(forgery, {}, { node, dictated }))

/** A Node that is called as the cloud calls the machine. */
const there = (metadata: Node['metadata'] = {}, spec: Node['spec'] = {}): Node => ({
  metadata: { name, uid: 'uid-n', creationTimestamp: '2026-01-01T00:01:00Z', ...metadata },
  spec,
})

describe('a machine that the cloud calls something else than its claim', () => {
  it('joins under that name, also when its kubelet has made the Node already', () => {
    expect(verdict(asNode(name), cloud())).toBe('approve FirstJoin')
    expect(verdict(asNode(name), cloud({ namesake: there() }))).toBe('approve FirstJoin')
    expect(verdict(asNode(name), cloud({ namesake: there({}, { providerID: machine.providerID }) }))).toBe('approve FirstJoin')
  })

  it.each<[string, Forgery, string]>([
    ['its claim', asNode('a'), 'WrongSubject'],
    ["another machine's name", asNode('ip-10-0-0-8.ec2.internal'), 'WrongSubject'],
    ['a name that begins with its own', asNode(`${name}.example`), 'WrongSubject'],
    ['a part of its name', asNode('ip-10-0-0-7'), 'WrongSubject'],
    ['its name in capitals', asNode(name.toUpperCase()), 'WrongSubject'],
  ])('is refused as %s', (_what, forgery, reason) => {
    expect(verdict(forgery, cloud())).toBe(`refuse ${reason}`)
  })

  it.each<[string, Dictated]>([
    ['nobody knows the machine', cloud({ machine: undefined })],
    ['the machine has no name yet', cloud({ machine })],
    ['the name is that of an earlier machine', cloud({ machine: { ...named, id: 'm-0' } })],
    [
      'the machine is of another claim',
      cloud({ machine: { ...named, owner: { ...record, cluster: 'c', claim: 'uid-b', nodeName: 'b' } } }),
    ],
    ['the machine is nobody’s', cloud({ machine: { id: 'm-1', providerID: 'p', state: 'running', createdAt: startedAt, nodeName: name } })],
  ])('waits, under whatever name, while %s', (_what, dictated) => {
    expect(verdict(asNode(name), dictated)).toBe('wait NodeNameUnknown')
    expect(verdict(asNode('a'), dictated)).toBe('wait NodeNameUnknown')
  })

  it('waits while its id is not in the record: nobody can say which machine that is', () => {
    const unnoted = claim({ without: ['id'] })
    expect(verdictOf(firstJoin(asNode(name), {}, { node: unnoted, dictated: cloud() }))).toBe('wait NodeNameUnknown')
  })

  it('is refused to whoever shows the token of another attempt than the one that made it: a restored claim may know that one', () => {
    const later = { ...named, owner: { ...record, cluster: 'c', claim: 'uid-a', nodeName: 'a', attempt: 2 } }
    expect(verdict(asNode(name), cloud({ machine: later }))).toBe('refuse ClaimMovedOn')
  })

  it('is refused when a broken provider calls two machines so', () => {
    expect(verdict(asNode(name), cloud({ others: 1 }))).toBe('refuse NodeNameShared')
  })

  it.each<[string, Node]>([
    ['is a claim', there({ labels: { [labels.class]: 'small' } })],
    ['has a machine of ours', there({ finalizers: [finalizers.machine] })],
    ['took another claim over', there({ labels: { [labels.class]: 'small', [labels.claim]: 'uid-b' } })],
    ['runs on another machine', there({}, { providerID: 'simulated://m-0' })],
    ['is older than the attempt', there({ creationTimestamp: '2025-12-31T23:59:59Z' })],
    ['has no time', there({ creationTimestamp: '' })],
    ['is being deleted', there({ deletionTimestamp: startedAt })],
  ])('is refused when the Node of that name %s', (_what, namesake) => {
    expect(verdict(asNode(name), cloud({ namesake }))).toBe('refuse NodeNameTaken')
  })

  it('is refused for all that is wrong with any other request', () => {
    expect(verdict({ ...asNode(name), organizations: ['system:masters'] }, cloud())).toBe('refuse WrongSubject')
    expect(verdict({ ...asNode(name), dns: [name] }, cloud())).toBe('refuse NamesNotAllowed')
    expect(
      verdictOf(
        firstJoin(asNode(name), {}, { node: claim({ joined: true }), token: { ...token, approvedKey: 'another' }, dictated: cloud() }),
      ),
    ).toBe('refuse AlreadyJoined')
  })
})

describe('the Node that took the claim over', () => {
  const kubelet = { username: `system:node:${name}` }
  const heir = claim({ without: ['token'], joined: true, metadata: { name, uid: 'uid-n', labels: { [labels.claim]: 'uid-a' } } })

  it('renews its certificate under its own name, and under no other', () => {
    expect(verdictOf(renewal(asNode(name), kubelet, { node: heir }))).toBe('approve ClientRenewal')
    expect(verdictOf(renewal(asNode('a'), kubelet, { node: heir }))).toBe('refuse WrongSubject')
    expect(verdictOf(renewal(asNode('a'), {}, { node: heir }))).toBe('not ours')
  })

  it('serves as its machine, which carries the UID of the claim', () => {
    expect(verdictOf(serving({ ...asNode(name), dns: [name] }, kubelet, { node: heir }))).toBe('approve Serving')
    expect(verdictOf(serving({ ...asNode(name), dns: ['a'] }, kubelet, { node: heir }))).toBe('refuse NamesOfOthers')
    const other = { ...machine, owner: { ...record, cluster: 'c', claim: 'uid-n', nodeName: name } }
    expect(verdictOf(serving({ ...asNode(name), dns: [name] }, kubelet, { node: heir, machine: other }))).toBe('wait AddressesUnknown')
  })

  it('gets nothing before it is the claim', () => {
    expect(verdictOf(renewal(asNode(name), kubelet, { node: there() }))).toBe('not ours')
    expect(verdictOf(serving({ ...asNode(name), dns: [name] }, kubelet, { node: there() }))).toBe('not ours')
  })

  it('is nothing that the token of the claim is good for', () => {
    expect(verdictOf(firstJoin(asNode(name), {}, { node: heir, dictated: cloud() }))).toBe('refuse ClaimGone')
  })
})
