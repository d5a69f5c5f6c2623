import type { Node, NodeSet } from '@kube-node/core/api'
import { createClient, fromKubeConfig, loadKubeConfig } from '@kube-node/core/kube'
import { CommandFailed, type Host } from '../terminal/index.ts'
import { runScenario } from './scenario.ts'
import { summary } from './summary.ts'
import type { World } from './world.ts'

export interface ExampleOptions {
  readonly host: Host
  readonly world: World
  /** Path of the file that a developer would use. */
  readonly kubeconfig: string
  readonly nodeSet: NodeSet
  readonly node: Node
  readonly timeoutMs: number
}

/**
 * Plays the example by way of the kubeconfig and the socket, as a developer with kubectl would, and tells what has happened.
 * @throws CommandFailed as runScenario does, and when the user ends it early.
 */
export const playExample = async (options: ExampleOptions, signal: AbortSignal): Promise<readonly string[]> => {
  const { host, world, nodeSet, node, timeoutMs } = options
  const { clock } = host.runtime
  try {
    await using transport = fromKubeConfig(await loadKubeConfig({ file: options.kubeconfig }))
    const client = createClient({ transport, clock, userAgent: 'kube-node-example' })
    return summary(await runScenario({ client, machines: world.cloud.machines, clock, nodeSet, node, timeoutMs, signal }), nodeSet, node)
  } catch (error) {
    if (host.signal.aborted) throw new CommandFailed('stopped before the end of the example', { exitCode: 130, cause: error })
    throw error
  }
}
