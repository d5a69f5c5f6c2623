import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createKubeNode } from './kubeNode.ts'
import type { KubeTransport } from './kube/index.ts'
import { type MachineProvider, contract, defineProvider } from './provider/index.ts'
import { manualRuntime } from './runtime/index.ts'

/** A cluster that nobody asks: these stories end before run(). */
const cluster: KubeTransport = {
  request: () => Promise.reject(new Error('not asked')),
  watch: () => Promise.reject(new Error('not asked')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

const provider = (name: string): MachineProvider =>
  defineProvider({
    name,
    config: z.object({}),
    connection: [],
    idempotency: 'token',
    bootstrap: 'none',
    consistencyWindow: '10s',
    connect: () => {
      throw new Error('not asked')
    },
  })

describe('createKubeNode', () => {
  it('is a manager with both controllers in it, whose events can be watched', () => {
    const kubeNode = createKubeNode({ cluster, providers: [provider('a')], runtime: manualRuntime() })
    expect(kubeNode.nodes.parts.map(part => part.name)).toEqual(['node', 'nodeclass', 'certificates'])
    expect(kubeNode.nodeSets.parts.map(part => part.name)).toEqual(['nodeset', 'group-import'])
    using _watching = kubeNode.nodes.on('machineCreated', () => undefined)
    expect(() => kubeNode.add(kubeNode.nodes)).toThrow('has a controller named node already')
  })

  it('refuses providers that can not work together', () => {
    expect(() => createKubeNode({ cluster, providers: [provider('a'), provider('a')] })).toThrow('two providers are called a')
    expect(() => createKubeNode({ cluster, providers: [{ ...provider('a'), contract: contract + 1 }] })).toThrow(
      `provider a speaks contract ${contract + 1}, this core speaks ${contract}: upgrade @kube-node/core`,
    )
  })
})
