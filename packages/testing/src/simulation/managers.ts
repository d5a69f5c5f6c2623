import { createKubeNode } from '@kube-node/core'
import type { KubeTransport } from '@kube-node/core/kube'
import { type Log, errorText } from '@kube-node/core/runtime'
import type { SimulatedCloud } from '../cloud/index.ts'
import type { ApiServer } from '../server/index.ts'
import { cloudPort } from './cloudPort.ts'
import { callTimeoutMs, consistencyWindowMs, controllerUser, idleRefreshMs, systemNamespace } from './estate.ts'
import { byLogin } from './delivery.ts'
import { type OrderWatcher, groupPort } from './groups/port.ts'
import { type Break, type KubePort, type RequestWatcher, kubePort } from './kubePort.ts'
import { type Life, createLife } from './life.ts'
import type { Scenario } from './scenario.ts'
import type { Sight } from './sight.ts'
import type { Weather } from './weather.ts'
import type { World } from './world.ts'

/** The processes that run kube-node: each slot is a pod that is started again whenever its process ends. */
export interface Managers {
  readonly slots: number
  life(slot: number): Life | undefined
  /** Those that run or are frozen. */
  readonly lives: readonly Life[]
  crash(slot: number, downMs: number): void
  freeze(slot: number, ms: number, standsStill: boolean): void
  /** SIGTERM. */
  stop(slot: number): void
  breakWatches(slot: number, how: Break): void
  /** All of them run, none is frozen, and nothing befalls them any more, whatever waits for its moment. */
  restoreAll(): void
  /** Their metrics, as a scrape would read them. */
  metrics(): Promise<readonly string[]>
}

export interface ManagersOptions {
  readonly world: World
  readonly weather: Weather
  readonly scenario: Scenario
  readonly server: ApiServer
  readonly cloud: SimulatedCloud
  /** What machines are told by steps. */
  readonly deliver: (machineId: string, text: string) => void
  readonly watcher: RequestWatcher
  readonly onCall: (life: Life, operation: string, machine: string | undefined) => void
  readonly sight: Sight
  readonly orders: OrderWatcher
  readonly log: (life: Life) => Log
}

interface Process {
  readonly life: Life
  readonly port: KubePort
  stop(): void
  metrics(): Promise<string>
}

export const startManagers = ({
  world,
  weather,
  scenario,
  server,
  cloud,
  deliver,
  watcher,
  orders,
  onCall,
  sight,
  log,
}: ManagersOptions): Managers => {
  const processes = new Map<number, Process>()
  const runs = new Map<number, number>()
  let areSpared = false

  /** Whoever can be struck there: nobody once they are spared. */
  const victim = (slot: number): Process | undefined => (areSpared ? undefined : processes.get(slot))

  const wayIn = (): KubeTransport => server.transport({ user: controllerUser, groups: ['system:masters'] })

  const start = (slot: number): void => {
    if (processes.has(slot)) return
    const run = (runs.get(slot) ?? 0) + 1
    runs.set(slot, run)
    const skewMs = scenario.skewMs[slot] ?? 0
    const life = createLife({ world, weather, name: `m${slot + 1}.${run}`, slot, skewMs, onOutcome: sight.outcome })
    const port = kubePort({ world, weather, life, inner: wayIn(), watcher })
    const { idempotency, pageSize, floats, namesLate } = scenario
    const timeouts = { create: `${callTimeoutMs}ms`, delete: `${callTimeoutMs}ms`, list: `${callTimeoutMs}ms` } as const
    const provider = cloud.provider({
      idempotency,
      pageSize,
      resolve: floats,
      consistencyWindow: `${consistencyWindowMs}ms`,
      timeouts,
      ...(scenario.provisioning.delivery === 'steps' && { configure: byLogin(cloud, deliver) }),
    })
    const groups = cloud.groupProvider({ pageSize, consistencyWindow: `${consistencyWindowMs}ms` })
    const manager = createKubeNode({
      cluster: port,
      runtime: life.runtime,
      log: log(life),
      namespace: systemNamespace,
      frozen: true,
      join: { server: 'https://10.0.0.1:6443', ca: server.certificateAuthority() },
      providers: [
        cloudPort({ weather, namesLate, life, provider, onCall, onPartial: sight.partial }),
        ...(scenario.groups ? [groupPort({ world, weather, life, provider: groups, watcher: orders })] : []),
      ],
      refresh: { active: '2s', idle: `${idleRefreshMs}ms` },
      leaderElection: scenario.elects ? { namespace: systemNamespace, identity: life.name } : false,
    })
    const stopping = new AbortController()
    const process: Process = {
      life,
      port,
      stop: () => life.post(0, 'SIGTERM', () => stopping.abort(new Error('SIGTERM'))),
      metrics: async () => (await manager.handle('/metrics')).body,
    }
    processes.set(slot, process)
    world.tell(`${life.name} starts`)
    const ended = (why: string): void => {
      if (processes.get(slot) !== process || life.state === 'dead') return
      processes.delete(slot)
      life.kill()
      world.tell(`${life.name} ended: ${why}`)
      world.at(1_000, `m${slot + 1} is started again after run ${run}`, () => start(slot))
    }
    manager.run({ signal: stopping.signal }).then(
      () => ended('stopped'),
      (error: unknown) => ended(errorText(error)),
    )
  }

  for (let slot = 0; slot < scenario.managers; slot++) start(slot)

  const thaw = ({ life }: Process): void => {
    if (life.state !== 'frozen') return
    world.tell(`${life.name} thaws`)
    life.thaw()
  }

  return {
    slots: scenario.managers,
    life: slot => processes.get(slot)?.life,
    get lives() {
      return [...processes.values()].map(({ life }) => life)
    },
    crash(slot, downMs) {
      const process = victim(slot)
      if (!process) return
      world.tell(`${process.life.name} crashes`)
      process.life.kill()
      processes.delete(slot)
      world.at(downMs, `m${slot + 1} is started again after ${process.life.name} crashed`, () => start(slot))
    },
    freeze(slot, ms, standsStill) {
      const process = victim(slot)
      if (!process || process.life.state !== 'alive') return
      world.tell(`${process.life.name} freezes for ${ms} ms${standsStill ? ', its monotonic clock too' : ''}`)
      process.life.freeze({ standsStill })
      world.at(ms, `${process.life.name} may thaw`, () => thaw(process))
    },
    stop(slot) {
      const process = victim(slot)
      if (!process) return
      world.tell(`${process.life.name} is told to stop`)
      process.stop()
    },
    breakWatches: (slot, how) => victim(slot)?.port.breakWatches(how),
    restoreAll() {
      areSpared = true
      for (let slot = 0; slot < scenario.managers; slot++) start(slot)
      for (const process of processes.values()) thaw(process)
    },
    metrics: () => Promise.all([...processes.values()].map(process => process.metrics())),
  }
}
