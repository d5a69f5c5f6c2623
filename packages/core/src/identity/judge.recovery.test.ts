import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Node } from '../api/index.ts'
import type { Recovery } from '../claim/index.ts'
import { claim, firstJoin, renewal, token, verdictOf } from './facts.fixture.ts'
import { type RequestFacts, judge } from './judge.ts'
import { type Forgery, ec } from './request.fixture.ts'
import type { BootstrapToken } from './token.ts'

const keys = ec()
const key = createHash('sha256')
  .update(keys.publicKey.export({ format: 'der', type: 'spki' }))
  .digest('hex')

const recovery: Recovery = { number: 2, startedAt: '2026-01-01T00:00:00Z' }
const ofRecovery: BootstrapToken = { ...token, recovery: 2 }
const traded: BootstrapToken = { ...ofRecovery, approvedKey: key }

/** The claim while its second recovery lasts, with what the node lifecycle controller or its kubelet says of it. */
const recovering = (ready: 'True' | 'False' | 'Unknown', story: Parameters<typeof claim>[0] = {}): Node => {
  const node = claim({ joined: true, ...story, record: { recovery, ...story.record } })
  return { ...node, status: { ...node.status, conditions: [{ type: 'Ready', status: ready }] } }
}

/** Its machine shows the token that was made for that. */
const rejoin = (facts: Partial<RequestFacts> = {}, forgery: Forgery = {}): RequestFacts =>
  firstJoin(forgery, {}, { token: ofRecovery, node: recovering('Unknown'), ...facts })

describe('a machine that is let in again', () => {
  it('is approved with the token of its recovery, once that is bound to its key', () => {
    expect(judge(rejoin({}, { keys }))).toEqual({
      verdict: 'approve',
      reason: 'Rejoin',
      message: 'the machine of claim a, attempt 1, recovery 2, joins again with the token that was made for it',
      bind: { token: ofRecovery, key },
    })
  })

  it.each<[string, RequestFacts, string]>([
    ['with the same key again', rejoin({ token: traded }, { keys }), 'approve Rejoin'],
    ['with the same key again when it posts already', rejoin({ token: traded, node: recovering('True') }, { keys }), 'approve Rejoin'],
    ['with another key', rejoin({ token: traded }), 'refuse TokenSpent'],
    ['with another key when it posts', rejoin({ token: traded, node: recovering('False') }), 'refuse AlreadyJoined'],
    ['when its kubelet posts all the same, and is ready', rejoin({ node: recovering('True') }), 'refuse AlreadyJoined'],
    ['when its kubelet posts all the same, and is not ready', rejoin({ node: recovering('False') }), 'refuse AlreadyJoined'],
    ['with the token of its first join', rejoin({ token }), 'refuse ClaimMovedOn'],
    [
      'with the token of its first join, which was traded',
      rejoin({ token: { ...token, approvedKey: key } }, { keys }),
      'refuse ClaimMovedOn',
    ],
    ['with the token of an earlier recovery', rejoin({ token: { ...token, recovery: 1 } }), 'refuse ClaimMovedOn'],
    ['with a token of another id', rejoin({ node: recovering('Unknown', { record: { token: 'def456' } }) }), 'refuse ClaimMovedOn'],
    ['when its recovery is over', rejoin({ node: recovering('Unknown', { without: ['token'] }) }), 'refuse ClaimMovedOn'],
    ['when no recovery is recorded', rejoin({ node: recovering('Unknown', { without: ['recovery'] }) }), 'refuse ClaimMovedOn'],
    ['when another attempt has begun', rejoin({ node: recovering('Unknown', { record: { attempt: 2 } }) }), 'refuse ClaimMovedOn'],
    ['when its token has expired', rejoin({ now: token.expiresAt }), 'refuse TokenExpired'],
    ['when its token is being deleted', rejoin({ token: { ...ofRecovery, isDeleting: true } }), 'refuse TokenExpired'],
    ['whose token is gone', rejoin({ token: undefined }), 'refuse TokenUnknown'],
    ['whose claim is gone', rejoin({ node: undefined }), 'refuse ClaimGone'],
    ['whose claim has a namesake', rejoin({ node: recovering('Unknown', { metadata: { uid: 'uid-b' } }) }), 'refuse ClaimGone'],
    [
      'whose claim is being deleted',
      rejoin({ node: recovering('Unknown', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }) }),
      'refuse ClaimDeleting',
    ],
    [
      'whose machine is to go',
      rejoin({ node: recovering('Unknown', { record: { deletedAt: '2026-01-01T00:00:00Z' } }) }),
      'refuse ClaimDeleting',
    ],
    ['as another node', rejoin({}, { commonName: 'system:node:b' }), 'refuse WrongSubject'],
    ['as an administrator', rejoin({}, { organizations: ['system:masters'] }), 'refuse WrongSubject'],
    ['with a name of a host', rejoin({}, { dns: ['a'] }), 'refuse NamesNotAllowed'],
    ['signed by another key', rejoin({}, { signer: ec() }), 'refuse BadSignature'],
  ])('%s', (_what, facts, verdict) => {
    expect(verdictOf(facts)).toBe(verdict)
  })

  it('waits while the record of its claim is broken', () => {
    const node = claim({ metadata: { annotations: { 'kube-node.dev/machine': '{"attempt":1,"recovery":1}' } } })
    expect(verdictOf(rejoin({ node }))).toBe('wait RecordBroken')
  })

  it('leaves renewals as they are: the API server says that their author is the node, and not by which key', () => {
    expect(verdictOf(renewal({}, {}, { node: recovering('Unknown') }))).toBe('approve ClientRenewal')
  })
})
