import { groupConformance } from '@kube-node/testing/conformance'
import { describe, expect, it } from 'vitest'
import { awsGroupWorld, groupManifest } from './groupWorld.ts'
import { motoOfFile } from './perFile.ts'

const moto = motoOfFile()

describe('Auto Scaling groups', () => {
  const { leftOut } = groupConformance({ test: { describe, it }, factory: () => awsGroupWorld(moto()), manifest: groupManifest })
  it('leaves out only what it does not have', () =>
    expect([...new Set(leftOut.map(({ because }) => because))]).toEqual(['the cloud under test lacks hideScope']))
})
