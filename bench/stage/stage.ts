import { join } from 'node:path'
import { fromKubeConfig, loadKubeConfig } from '@kube-node/core'
import type { KubeTransport } from '@kube-node/core/kube'
import {
  type CommandLine,
  type Component,
  type ControlPlane,
  commandLine,
  createSupervisor,
  followAudit,
  freePort,
  startComponent,
  startControlPlane,
} from '../../e2e/control-plane/index.ts'
import { command, kubeNode, root } from '../../e2e/main-job/kubeNode.ts'
import { type Processors, processorsOf } from '../measure/process.ts'
import { type Requests, createTally } from '../measure/requests.ts'
import { type Controller, controllerAt } from './controller.ts'
import { answerOf, untilAnswers } from './http.ts'

export interface MachineCount {
  readonly living: number
  /** How often a claim had a second machine. */
  readonly doubles: number
  readonly joined: number
}

/** A real control plane, the machines' process, and a controller that comes and goes. */
export interface Stage extends AsyncDisposable {
  readonly plane: ControlPlane
  /** The administrator's. */
  readonly transport: KubeTransport
  /** Starts the controller, and resolves when it works. */
  startController(): Promise<Controller>
  machines(): Promise<MachineCount>
  /** Seconds after which each kubelet renews its Lease; 0: never. */
  heartbeat(seconds: number): Promise<void>
  /** Runs a program of bench/processes to its end, and answers what it has printed. */
  program(name: string, args: readonly string[]): Promise<string>
  /** CPU seconds of the control plane's processes, and of the one of machines and kubelets, since they began. */
  processors(): Promise<Processors>
  /** All requests since the last question. */
  requests(): Promise<Requests>
  readonly kubectl: CommandLine
}

const processes = join(root, 'bench/processes')

/** kube-controller-manager's default flags, but a rate that does not pace the bench. */
const controllerManagerRate = { qps: 2_000, burst: 4_000 }

export const startStage = async (): Promise<Stage> => {
  const stack = new AsyncDisposableStack()
  try {
    const plane = stack.use(await startControlPlane({ audited: 'everybody', controllerManagerRate }))
    const supervisor = stack.use(createSupervisor())
    const transport = stack.use(fromKubeConfig(await loadKubeConfig({ file: plane.kubeconfig })))
    const ports = { cloud: await freePort(), count: await freePort() }
    const spawn = (name: string, args: readonly string[], env: NodeJS.ProcessEnv): Component =>
      startComponent(supervisor, name, process.execPath, args, join(plane.dir, `${name}.log`), { ...process.env, ...env })
    const machines = spawn('machines', [join(processes, 'machines.ts')], {
      KUBECONFIG: plane.kubeconfig,
      BENCH_CLOUD_PORT: String(ports.cloud),
      BENCH_COUNT_PORT: String(ports.count),
    })
    const counter = `http://127.0.0.1:${ports.count}`
    await untilAnswers(`${counter}/count`)
    const kubectl = commandLine(plane.kubectl)
    const { stdout: manifests } = await kubeNode(['manifests', '--user', 'controller'])
    await kubectl(['apply', '-f', '-'], manifests)
    await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd/nodeclasses.kube-node.dev', 'crd/nodesets.kube-node.dev'])

    const follow = followAudit(plane.dir)
    const tally = createTally()
    let started = 0
    return {
      plane,
      transport,
      startController: async () => {
        started += 1
        const own = { probe: await freePort(), health: await freePort() }
        const provider = join(processes, 'provider.ts')
        const args = ['--expose-gc', command, 'run', '--provider', provider, '--kubeconfig', plane.users.controller.kubeconfig]
        const component = spawn(`controller-${started}`, [...args, '--health-port', String(own.health)], {
          POD_NAME: `controller-${started}`,
          BENCH_CLOUD: `http://127.0.0.1:${ports.cloud}`,
          BENCH_PROBE_PORT: String(own.probe),
        })
        await untilAnswers(`http://127.0.0.1:${own.health}/readyz`)
        return controllerAt(component, `http://127.0.0.1:${own.probe}`)
      },
      machines: () => answerOf<MachineCount>(`${counter}/count`),
      heartbeat: async seconds => void (await answerOf(`${counter}/heartbeat?seconds=${seconds}`, 'POST')),
      program: async (name, args) => {
        const component = spawn(name, [join(processes, `${name}.ts`), ...args], {
          BENCH_SERVER: plane.server,
          BENCH_TOKEN: plane.adminToken,
          BENCH_CA: join(plane.dir, 'pki', 'ca.crt'),
        })
        const { code } = await component.exited
        const printed = await component.lastLines()
        if (code !== 0) throw new Error(`${name} failed:\n${printed}`)
        return printed
      },
      processors: () =>
        processorsOf({
          etcd: plane.pidOf('etcd'),
          'kube-apiserver': plane.pidOf('kube-apiserver'),
          'kube-controller-manager': plane.pidOf('kube-controller-manager'),
          'machines and kubelets': machines.pid,
        }),
      requests: async () => {
        await follow(tally.count)
        return tally.take()
      },
      kubectl,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
