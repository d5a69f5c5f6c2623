import { hostname } from 'node:os'
import { resolve } from 'node:path'
import {
  type HealthServer,
  type KubeNodeOptions,
  type Manager,
  LeaseLost,
  createKubeNode,
  createMetrics,
  leaseNameOf,
  serveHealth,
} from '@kube-node/core'
import { type Log, type LogLevel, createLog, errorText } from '@kube-node/core/runtime'
import { loadProviders } from '../providers/index.ts'
import { CommandFailed, type Host, listening } from '../terminal/index.ts'
import { connect } from '../cluster/index.ts'
import { type ControllerFlags, controllerOptionsOf } from './controllerOptions.ts'
import { type JoinFlags, joinOf } from './join.ts'
import { prepareCluster } from './prepare.ts'
import { type Probe, createProbe } from './probe.ts'

export interface RunOptions extends JoinFlags, ControllerFlags {
  /** Modules that export providers. */
  readonly provider: readonly string[]
  readonly kubeconfig?: string
  readonly context?: string
  readonly leaderElect: boolean
  readonly leaderElectionNamespace: string
  readonly healthPort?: number
  readonly metricsPort?: number
  readonly logFormat: 'text' | 'json'
  readonly logLevel: LogLevel
}

/**
 * The controllers on the cluster of the kubeconfig, until the host's signal fires. Whatever the API server does is waited
 * out; a lost lease ends one life of the controllers and begins another.
 * @throws CommandFailed for what no waiting mends: a provider that can't be loaded, no kubeconfig, a port that is taken.
 */
export const run = async (host: Host, options: RunOptions): Promise<void> => {
  const { runtime, signal, cwd } = host
  const log = createLog({
    clock: runtime.clock,
    format: options.logFormat,
    level: options.logLevel,
    write: line => void host.stderr.write(line),
  })
  const providers = await loadProviders(options.provider, cwd)
  const join = await joinOf(options, cwd)
  const { transport, server } = await connect({
    ...(options.kubeconfig === undefined ? {} : { file: resolve(cwd, options.kubeconfig) }),
    ...(options.context === undefined ? {} : { context: options.context }),
  })
  await using _transport = transport
  const metrics = createMetrics()
  const namespace = options.leaderElectionNamespace
  const life = (): Manager =>
    managerOf({
      cluster: transport,
      providers,
      metrics,
      runtime,
      log,
      namespace,
      ...controllerOptionsOf(options),
      ...(join && { join }),
      leaderElection: options.leaderElect && { namespace, name: leaseNameOf(options.controller), identity: identityOf(host) },
    })
  // What is wrong with the providers is said now, and not when the cluster is there at last.
  const first = life()
  const probe = createProbe(metrics)
  await using _ports = await serveProbe(probe, options, log)

  log('info', `works on ${server} with ${providers.map(provider => `provider ${provider.name}`).join(', ')}`)
  try {
    let manager = first
    for (;;) {
      await prepareCluster({ transport, runtime, log, namespace, tell: probe.waitsFor }, signal)
      probe.answers(manager)
      await untilLeaseLost(manager, signal, log)
      if (signal.aborted) break
      probe.waitsFor('it has lost its lease')
      manager = life()
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error
  }
  log('info', 'stopped')
}

/** A manager that has lost its lease has stopped all that it did: the next one may begin at once. */
const untilLeaseLost = async (manager: Manager, signal: AbortSignal, log: Log): Promise<void> => {
  try {
    await manager.run({ signal })
  } catch (error) {
    if (!LeaseLost.is(error)) throw error
    log('warn', `${errorText(error)}; standing for election again`)
  }
}

/** @throws CommandFailed for what createKubeNode refuses: this command was called with providers that can't work together. */
const managerOf = (options: KubeNodeOptions): Manager => {
  try {
    return createKubeNode(options)
  } catch (error) {
    throw new CommandFailed(errorText(error), { exitCode: 2, cause: error })
  }
}

/** What people see in the Lease. A pod's host name is its own name. */
const identityOf = ({ env }: Host): string => env['POD_NAME'] ?? hostname()

const serveProbe = async (probe: Probe, { healthPort, metricsPort }: RunOptions, log: Log): Promise<AsyncDisposable> => {
  const servers: HealthServer[] = []
  const close = async (): Promise<void> => {
    await Promise.all(servers.map(server => server[Symbol.asyncDispose]()))
  }
  const serve = async (port: number | undefined, option: string): Promise<void> => {
    if (port === undefined) return
    const server = await listening(port, option, () => serveHealth(probe, { port, log }))
    servers.push(server)
    log('info', `serves /healthz, /readyz and /metrics on port ${server.port}`)
  }
  try {
    await serve(healthPort, '--health-port')
    if (metricsPort !== healthPort || metricsPort === 0) await serve(metricsPort, '--metrics-port')
  } catch (error) {
    await close()
    throw error
  }
  return { [Symbol.asyncDispose]: close }
}
