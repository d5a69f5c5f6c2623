import { groupConformance } from '@kube-node/testing/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsGroupWorld, groupManifest } from './groupWorld.ts'
import { type Moto, startMoto } from './moto.ts'

let moto: Moto
beforeAll(async () => {
  moto = await startMoto()
})
afterAll(() => moto?.[Symbol.asyncDispose]())

describe('Auto Scaling groups', () => {
  const { leftOut } = groupConformance({ test: { describe, it }, factory: () => awsGroupWorld(moto), manifest: groupManifest })
  it('leaves out only what it does not have', () =>
    expect([...new Set(leftOut.map(({ because }) => because))]).toEqual(['the cloud under test lacks hideScope']))
})
