import { providerConformance } from '@kube-node/testing/conformance'
import { describe, expect, it } from 'vitest'
import { motoOfFile } from './perFile.ts'
import { awsWorld, ec2Manifest } from './world.ts'

const moto = motoOfFile()

describe('machines of EC2', () => {
  const { leftOut } = providerConformance({ test: { describe, it }, factory: () => awsWorld(moto()), manifest: ec2Manifest })
  it('leaves out only what it does not have', () =>
    expect([...new Set(leftOut.map(({ because }) => because))]).toMatchInlineSnapshot(`
      [
        "it is about idempotency by unique-name, and the provider declares another",
        "it is about idempotency by lookup, and the provider declares another",
        "the cloud under test lacks hideScope",
        "the cloud does not dictate the names of nodes",
        "the provider has no createMany",
        "the provider has no deleteMany",
        "the provider has no configure",
      ]
    `))
})

describe('machines of EC2 whose Nodes the cloud names', () => {
  providerConformance({
    test: { describe, it },
    factory: () => awsWorld(moto(), { nodeNames: 'cloud' }),
    manifest: { ...ec2Manifest, nodeNames: 'cloud' },
    layers: ['direct'],
  })
})
