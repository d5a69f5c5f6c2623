import type { Lease } from '@kube-node/core/api'
import { expect, it } from 'vitest'
import { describeController, holderName } from './controllers.ts'

const now = Date.parse('2026-05-01T12:30:00Z')
const identity = 'host-1_01234567-89ab-cdef-0123-456789abcdef'
const lease = (name: string, secondsAgo: number, spec: NonNullable<Lease['spec']> = { holderIdentity: identity }): Lease => ({
  metadata: { namespace: 'ns', name },
  spec: { leaseDurationSeconds: 15, renewTime: new Date(now - secondsAgo * 1_000).toISOString().replace('Z', '000Z'), ...spec },
})
const tell = (leases: readonly Lease[] | undefined, controller = 'kube-node.dev/controller'): ReturnType<typeof describeController> =>
  describeController(controller, leases, 'ns', now)

it.each([
  ['renewed', [lease('kube-node', 2)], 'acting', ''],
  ['renewed by a clock that is a little behind', [lease('kube-node', 25)], 'acting', ''],
  [
    'not renewed',
    [lease('kube-node', 60)],
    'silent',
    'the controller is silent: host-1 no longer renews its Lease ns/kube-node, last at 2026-05-01T12:29:00Z',
  ],
  [
    'given back',
    [lease('kube-node', 60, { holderIdentity: '' })],
    'stopped',
    'no controller runs: the last one gave its Lease ns/kube-node back, last at 2026-05-01T12:29:00Z',
  ],
  ["another controller's", [lease('kube-node-example-com-other', 2)], 'absent', 'no controller runs: there is no Lease ns/kube-node'],
  ['that may not be read', undefined, 'unknown', ''],
] as const)('a Lease that is %s', (_what, leases, state, why) => {
  expect(tell(leases)).toMatchObject({ controller: 'kube-node.dev/controller', lease: 'ns/kube-node', state, why })
})

it('another controller has a Lease of its own', () => {
  expect(tell([lease('kube-node-example-com-other', 2)], 'example.com/other')).toMatchObject({ state: 'acting', holder: identity })
  expect(tell([], 'example.com/other').next).toBe('start one: kube-node run --controller example.com/other --provider ...')
})

it('people know a holder without the random part', () => {
  expect(holderName(identity)).toBe('host-1')
  expect(holderName('somebody')).toBe('somebody')
})
