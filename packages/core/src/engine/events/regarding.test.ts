import { expect, it } from 'vitest'
import { aboutObject } from './regarding.ts'

const owner = { apiVersion: 'kube-node.dev/v1alpha1', kind: 'NodeSet', name: 'pool', uid: 's1' }
const bystander = { ...owner, name: 'other', uid: 's2' }

it('names the object, and the owner that controls it', () => {
  const metadata = { name: 'pool-1', uid: 'u1', ownerReferences: [bystander, { ...owner, controller: true, blockOwnerDeletion: true }] }
  expect(aboutObject({ metadata }, { apiVersion: 'v1', kind: 'Node' })).toEqual({
    regarding: { apiVersion: 'v1', kind: 'Node', name: 'pool-1', uid: 'u1' },
    owner,
  })
})

it('leaves the owner out where it may be in a namespace, and where nobody controls the object', () => {
  const metadata = { name: 'widget', namespace: 'shop', uid: 'u1', ownerReferences: [{ ...owner, controller: true }] }
  const regarding = { apiVersion: 'v1', kind: 'Widget', namespace: 'shop', name: 'widget', uid: 'u1' }
  expect(aboutObject({ metadata }, { apiVersion: 'v1', kind: 'Widget' })).toEqual({ regarding })
  expect(aboutObject({ metadata: { name: 'pool-1', ownerReferences: [bystander] } }, { apiVersion: 'v1', kind: 'Node' })).toEqual({
    regarding: { apiVersion: 'v1', kind: 'Node', name: 'pool-1' },
  })
})
