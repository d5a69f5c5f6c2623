import { type Node, annotations, labels } from '@kube-node/core/api'
import { expect, it } from 'vitest'
import { claimsIn } from './limits.ts'

const node = (uid: string, more: { readonly waits?: true; readonly claim?: string; readonly of?: string } = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: uid,
    uid,
    labels: { [labels.class]: more.of ?? 'small', ...(more.claim !== undefined && { [labels.claim]: more.claim }) },
    annotations: {
      [annotations.machine]: JSON.stringify({
        attempt: 1,
        controller: 'kube-node.dev/controller',
        provider: 'simulated',
        connection: { config: {} },
        ...(more.waits && { waits: true }),
      }),
    },
  },
})

it('counts whoever may have a machine, and a claim that is handed over once', () => {
  expect(claimsIn([node('a'), node('b', { waits: true }), node('c', { of: 'large' }), node('ip-1', { claim: 'a' })], 'small')).toEqual([
    'a',
  ])
})
