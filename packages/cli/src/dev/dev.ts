import { relative, resolve } from 'node:path'
import { type HealthServer, serveHealth } from '@kube-node/core'
import { type NodeSet, NodeClasses, NodeSets } from '@kube-node/core/api'
import { type Duration, type Log, type LogLevel, createLog, durationMs } from '@kube-node/core/runtime'
import { type Easel, createEasel, runDisplay } from '../display/index.ts'
import { type Host, listening, screenOf } from '../terminal/index.ts'
import { playExample } from './example.ts'
import { type Examples, readExamples } from './examples.ts'
import { greeting } from './greeting.ts'
import { defaultKubeconfigPath, writeKubeconfig } from './kubeconfigFile.ts'
import { together } from './together.ts'
import { type World, createWorld } from './world.ts'

export interface DevOptions {
  /** 0: any free one. Default 7443, or any free one with `exit`, which nobody has to find. */
  readonly port?: number
  /** Default: a file named after the port, where this user's temporary files are. */
  readonly kubeconfig?: string
  readonly metricsPort?: number
  readonly bootTime: Duration
  readonly logLevel: LogLevel
  /** Make a set of `nodes` nodes. */
  readonly example: boolean
  readonly nodes: number
  /** Play the example once and end; it must be over in `timeout`. */
  readonly exit: boolean
  readonly timeout: Duration
}

const defaultPort = 7443

/**
 * A cluster to try things on: runs until the host's signal fires, or once through the example.
 * @throws CommandFailed with the reason, when it could not start, or when the example did not end as it must.
 */
export const dev = async (host: Host, options: DevOptions): Promise<void> => {
  const examples = await readExamples()
  const lastWords = await untilEnd(host, options, examples)
  // After everything has been closed: nothing can go wrong any more.
  for (const line of lastWords) host.stdout.write(`${line}\n`)
}

const untilEnd = async (host: Host, options: DevOptions, examples: Examples): Promise<readonly string[]> => {
  const { runtime } = host
  const nodeFile = inShell(host, examples, 'node1.yaml')
  const easel = createEasel(host, `no nodes yet: kubectl create -f ${nodeFile}`)
  const log = logOf(host, easel, options.logLevel)
  await using world = await createWorld({ runtime, log, bootTime: options.bootTime })
  const port = options.port ?? (options.exit ? 0 : defaultPort)
  const { url } = await listening(port, '--port', () => world.server.listen({ port }))
  const path = options.kubeconfig ?? defaultKubeconfigPath(host.env, Number(new URL(url).port))
  await using kubeconfig = await writeKubeconfig(resolve(host.cwd, path), world.server.kubeconfig())
  await using metrics = await serveMetrics(world, options, log)
  const nodeSet = await install(world, examples, options)
  const setFile = inShell(host, examples, 'nodeset.yaml')
  easel.say(greeting({ host, url, metricsPort: metrics?.port, kubeconfig: kubeconfig.path, options, nodeFile, setFile }))

  let lastWords: readonly string[] = ['', 'stopped: this cluster and its machines are gone']
  const playOnce = async (signal: AbortSignal): Promise<void> => {
    if (!nodeSet) return
    const timeoutMs = durationMs(options.timeout)
    lastWords = await playExample({ host, world, kubeconfig: kubeconfig.path, nodeSet, node: examples.node, timeoutMs }, signal)
  }
  await together(host.signal, [
    world.run,
    signal => runDisplay({ transport: world.transport(), runtime, log, easel }, signal),
    ...(options.exit ? [playOnce] : []),
  ])
  return lastWords
}

const install = async ({ client }: World, examples: Examples, { example, nodes }: DevOptions): Promise<NodeSet | undefined> => {
  await client.create(NodeClasses, examples.nodeClass)
  if (!example) return undefined
  return client.create(NodeSets, { ...examples.nodeSet, spec: { ...examples.nodeSet.spec, replicas: nodes } })
}

const serveMetrics = async ({ manager }: World, { metricsPort }: DevOptions, log: Log): Promise<HealthServer | undefined> =>
  metricsPort === undefined
    ? undefined
    : listening(metricsPort, '--metrics-port', () => serveHealth(manager, { port: metricsPort, host: '127.0.0.1', log }))

/** A file of the examples, by the shorter of its paths. */
const inShell = ({ cwd }: Host, { folder }: Examples, file: string): string => {
  const path = resolve(folder, file)
  const near = relative(cwd, path)
  return near.startsWith('..') ? path : near
}

/** Warnings stand above the picture; where there is none, or errors go elsewhere, they go to stderr. */
const logOf = (host: Host, easel: Easel, level: LogLevel): Log => {
  const above = screenOf(host.stdout, host.env) !== undefined && host.stderr.isTTY === true
  return createLog({
    clock: host.runtime.clock,
    level,
    write: line => (above ? easel.say(line.trimEnd()) : void host.stderr.write(line)),
  })
}
