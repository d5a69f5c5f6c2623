import { appendFileSync } from 'node:fs'
import { type Log, createLog, fromKubeConfig, loadKubeConfig, systemRuntime } from '@kube-node/core'
import {
  type SimulatedCloud,
  type SimulatedCloudOptions,
  type SimulatedKubelets,
  type SimulatedKubeletsOptions,
  type SimulatedMachine,
  serveCloud,
  simulatedCloud,
  simulatedKubelets,
} from '@kube-node/testing/cloud'
import { asNode } from './asNode.ts'

/** The machines' side of the story, in the test's own process: it outlives every controller, and is where machines are counted. */
export interface Cloud extends AsyncDisposable {
  readonly simulated: SimulatedCloud
  readonly kubelets: Pick<SimulatedKubelets, 'stop'>
  /** Where the controller finds it. */
  readonly url: string
  /** The machines that are not gone: `<id> of <node> is <state>`. */
  living(): readonly string[]
  /** Ids of all machines that ever were, in the order of their creation. */
  made(): readonly string[]
  /** Every moment at which a claim had more than one machine, in words. */
  readonly doubles: readonly string[]
  /** Resolves at the very moment at which a machine enters that state for the `count`th time from now on. */
  reaches(state: SimulatedMachine['state'], count: number, signal: AbortSignal): Promise<SimulatedMachine>
}

export interface CloudOptions extends Pick<SimulatedCloudOptions, 'nodeNames'>, Pick<SimulatedKubeletsOptions, 'heartbeat'> {
  /** How a kubelet comes to speak as its own node. Default: by impersonation. */
  readonly joinAs?: NonNullable<SimulatedKubeletsOptions['joinAs']>
}

/**
 * A cloud, and its kubelets on the cluster of that kubeconfig. Each kubelet speaks as its own node (by impersonation), so that the
 * Node authorizer and NodeRestriction judge what it does.
 */
export async function startCloud(kubeconfig: string, logFile: string, options: CloudOptions = {}): Promise<Cloud> {
  const { nodeNames = 'claim', heartbeat = '10s' } = options
  const runtime = systemRuntime()
  const log: Log = createLog({ clock: runtime.clock, level: 'debug', format: 'text', write: line => appendFileSync(logFile, line) })
  const stack = new AsyncDisposableStack()
  const transport = stack.use(fromKubeConfig(await loadKubeConfig({ file: kubeconfig })))
  const simulated = stack.use(simulatedCloud({ runtime, log, bootTime: ['500ms', '1500ms'], stopTime: '300ms', nodeNames }))
  const { url } = stack.use(await serveCloud(simulated))
  const doubles: string[] = []
  const living = (): readonly SimulatedMachine[] => simulated.machines().filter(({ state }) => state !== 'gone')
  const told = ({ id, owner, state }: SimulatedMachine): string => `${id} of ${owner?.nodeName} is ${state}`
  simulated.on('starting', ({ owner }) => {
    if (!owner) return
    const all = living().filter(machine => machine.owner?.claim === owner.claim)
    if (all.length > 1) doubles.push(all.map(told).join(', '))
  })

  const stopping = new AbortController()
  const { joinAs = ({ nodeName, owner }) => asNode(transport, nodeName ?? owner?.nodeName ?? '') } = options
  const kubelets = simulatedKubelets({ cloud: simulated, transport, runtime, log, joinDelay: '200ms', heartbeat, joinAs })
  const running = kubelets.run(stopping.signal)
  stack.defer(async () => {
    stopping.abort()
    await running
  })

  return {
    simulated,
    kubelets,
    url,
    living: () => living().map(told),
    made: () => simulated.machines().map(({ id }) => id),
    doubles,
    reaches: (state, count, signal) =>
      new Promise((resolve, reject) => {
        let left = count
        const subscription = simulated.on(state, machine => {
          left -= 1
          if (left > 0) return
          subscription[Symbol.dispose]()
          resolve(machine)
        })
        signal.addEventListener('abort', () => reject(new Error(`${left} machines more should have become ${state}`)), { once: true })
      }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
