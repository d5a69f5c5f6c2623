import { expect, it } from 'vitest'
import { keyOfText, keyText, ownerKey } from './keys.ts'

const Widget = { group: 'x.io', version: 'v2', kind: 'Widget', plural: 'widgets', namespaced: true }
const Cluster = { ...Widget, kind: 'Cluster', namespaced: false }
const owner = { apiVersion: 'x.io/v1', kind: 'Widget', name: 'a', uid: 'u', controller: true }

it('writes keys as people do, and reads them back', () => {
  for (const key of [{ name: 'a' }, { namespace: 'n', name: 'a' }]) expect(keyOfText(keyText(key))).toEqual(key)
  expect(keyText({ namespace: 'n', name: 'a' })).toBe('n/a')
})

it('finds the owner that controls, of any version of the kind', () => {
  const owned = (...ownerReferences: (typeof owner)[]) => ({ metadata: { namespace: 'n', name: 'p', ownerReferences } })
  expect(ownerKey(owned(owner), Widget)).toEqual({ namespace: 'n', name: 'a' })
  expect(ownerKey(owned({ ...owner, controller: false }), Widget)).toBeUndefined()
  expect(ownerKey(owned({ ...owner, apiVersion: 'v1' }), Widget)).toBeUndefined()
  expect(ownerKey(owned(), Widget)).toBeUndefined()
})

it('looks for a cluster-scoped owner without a namespace', () => {
  expect(ownerKey({ metadata: { namespace: 'n', ownerReferences: [{ ...owner, kind: 'Cluster' }] } }, Cluster)).toEqual({ name: 'a' })
})
