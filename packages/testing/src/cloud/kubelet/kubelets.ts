import { type Pod, Pods } from '@kube-node/core/api'
import type { KubeTransport } from '@kube-node/core/kube'
import { durationMs, errorText } from '@kube-node/core/runtime'
import { type Agenda, agenda } from '../../clock/index.ts'
import type { SimulatedMachine } from '../machine.ts'
import { boundPods, podKey } from './bound-pods.ts'
import { clusterUid } from './cluster.ts'
import { follow } from './follow.ts'
import { postStatus, register, renewLease } from './joining.ts'
import type { NodeFacts } from './node-status.ts'
import type { SimulatedKubelets, SimulatedKubeletsOptions } from './kubelets.types.ts'
import { podTurns } from './podTurns.ts'
import { podWork, startPod, stopPod } from './pods.ts'

interface Kubelet {
  readonly machine: SimulatedMachine
  readonly nodeName: string
  readonly startedAt: number
  transport: KubeTransport
  uid: string | undefined
  alive: boolean
  ready: boolean
  readySince: number
  statusAt: number
  failures: number
}

const statusEveryMs = 5 * 60_000
const firstRetryMs = 200
/** The longest that kubelet waits between two tries to register. */
const longestRetryMs = 7_000

/** Thousands in one process: no timer and no watch of their own, all share one agenda and one watch of pods. */
export const simulatedKubelets = (options: SimulatedKubeletsOptions): SimulatedKubelets => {
  const { cloud, transport, runtime, log, version = 'v1.37.2', joinAs = () => transport } = options
  const isHere = ({ owner, group }: SimulatedMachine): boolean =>
    running !== undefined && (group !== undefined || owner?.cluster === running.cluster)
  const { hostname = machine => (isHere(machine) ? (machine.nodeName ?? machine.owner?.nodeName) : undefined) } = options
  const joinMs = durationMs(options.joinDelay ?? '1s')
  const readyMs = durationMs(options.readyDelay ?? '0s')
  const podStopMs = durationMs(options.podStopTime ?? '100ms')
  const heartbeatMs = options.heartbeat === 'off' ? undefined : durationMs(options.heartbeat ?? '10s')
  const now = (): number => runtime.clock.now()

  const pods = boundPods()
  const inTurn = podTurns()
  const kubelets = new Map<string, Kubelet>()
  const byNode = new Map<string, Kubelet>()
  const underWay = new Set<Promise<void>>()
  const stoppedByHand = new Set<string>()
  let running: { readonly plan: Agenda; readonly signal: AbortSignal; readonly cluster: string } | undefined

  const factsOf = (k: Kubelet): NodeFacts => ({
    machine: k.machine,
    nodeName: k.nodeName,
    capacity: cloud.capacity(k.machine),
    kubeletVersion: version,
    ready: k.ready,
    readySince: k.readySince,
    startedAt: k.startedAt,
    now: now(),
  })

  /** Does something for a kubelet that may die meanwhile; what fails is `again`'s to repeat. */
  const attempt = (k: Kubelet, what: string, work: (signal: AbortSignal) => Promise<void>, again: () => void): void => {
    const current = running
    if (!current || current.signal.aborted || !k.alive) return
    const done = work(current.signal).catch((error: unknown) => {
      if (current.signal.aborted || !k.alive) return
      log?.('debug', `the simulated kubelet of ${k.nodeName} could not ${what}`, { error: errorText(error) })
      again()
    })
    underWay.add(done)
    void done.then(() => underWay.delete(done))
  }
  const later = (k: Kubelet, ms: number, what: () => void): void => {
    running?.plan.after(ms, () => {
      if (k.alive) what()
    })
  }

  const joined = (k: Kubelet): void => {
    byNode.set(k.nodeName, k)
    k.statusAt = now()
    log?.('debug', `the simulated kubelet of ${k.nodeName} has joined`, { machine: k.machine.id })
    if (!k.ready && readyMs > 0) later(k, readyMs, () => sayReady(k, true))
    if (heartbeatMs !== undefined) beat(k, heartbeatMs)
    for (const pod of pods.on(k.nodeName)) tend(k, pod)
  }
  const join = (k: Kubelet): void =>
    attempt(
      k,
      'join',
      async signal => {
        k.transport = await joinAs(k.machine, signal)
        if (!k.alive) return
        k.uid = await register(k.transport, factsOf(k), signal)
        if (k.alive) joined(k)
      },
      () => later(k, Math.min(firstRetryMs * 2 ** k.failures++, longestRetryMs), () => join(k)),
    )
  const beat = (k: Kubelet, everyMs: number): void => {
    attempt(
      k,
      'renew its lease',
      async signal => {
        await renewLease(k.transport, k.nodeName, k.uid ?? '', now(), signal)
        if (now() - k.statusAt < statusEveryMs) return
        k.statusAt = now()
        await postStatus(k.transport, factsOf(k), signal)
      },
      // The next beat is not far.
      () => undefined,
    )
    later(k, everyMs, () => beat(k, everyMs))
  }
  const sayReady = (k: Kubelet, ready: boolean): void => {
    if (k.ready !== ready) k.readySince = now()
    k.ready = ready
    if (k.uid !== undefined)
      attempt(
        k,
        'post its status',
        signal => postStatus(k.transport, factsOf(k), signal),
        () => later(k, 1_000, () => sayReady(k, k.ready)),
      )
  }

  const tend = (k: Kubelet, pod: Pod): void => {
    const work = podWork(pod)
    if (work === undefined) return
    const again = (): void =>
      later(k, 1_000, () => {
        const there = pods.current(pod)
        if (there) tend(k, there)
      })
    if (work === 'start')
      attempt(k, `start ${podKey(pod)}`, signal => inTurn(pod, () => startPod(k.transport, pod, k.machine.address, now(), signal)), again)
    else {
      later(k, podStopMs, () => {
        if (pods.current(pod)) attempt(k, `stop ${podKey(pod)}`, signal => inTurn(pod, () => stopPod(k.transport, pod, signal)), again)
      })
    }
  }

  const boot = (machine: SimulatedMachine): void => {
    const nodeName = hostname(machine)
    if (!running || nodeName === undefined || !machine.joins) return
    if (kubelets.has(machine.id) || stoppedByHand.has(machine.id)) return
    const k: Kubelet = {
      machine,
      nodeName,
      transport,
      startedAt: now(),
      uid: undefined,
      alive: true,
      ready: readyMs === 0,
      readySince: now() + joinMs,
      statusAt: 0,
      failures: 0,
    }
    kubelets.set(machine.id, k)
    later(k, joinMs, () => join(k))
  }
  const die = (id: string): void => {
    const k = kubelets.get(id)
    if (!k) return
    k.alive = false
    kubelets.delete(id)
    if (byNode.get(k.nodeName) === k) byNode.delete(k.nodeName)
  }

  const seePod = (pod: Pod): void => {
    const news = pods.see(pod)
    const k = byNode.get(pod.spec?.nodeName ?? '')
    if (k && news) tend(k, pod)
  }

  return {
    async run(signal) {
      if (running) throw new Error('these simulated kubelets run already')
      const cluster = await clusterUid({ transport, runtime, log }, signal)
      if (cluster === undefined) return
      using plan = agenda(runtime.clock)
      running = { plan, signal, cluster }
      using _running = cloud.on('running', boot)
      using _stopping = cloud.on('stopping', m => die(m.id))
      using _stopped = cloud.on('stopped', m => die(m.id))
      using _gone = cloud.on('gone', m => die(m.id))
      for (const machine of cloud.machines()) if (machine.state === 'running') boot(machine)
      try {
        await follow<Pod>({ resource: Pods, changed: seePod, deleted: pods.forget }, { transport, runtime, log }, signal)
        await Promise.all(underWay)
      } finally {
        for (const id of [...kubelets.keys()]) die(id)
        running = undefined
      }
    },
    stop(machineId) {
      stoppedByHand.add(machineId)
      die(machineId)
    },
    start(machineId) {
      stoppedByHand.delete(machineId)
      const machine = cloud.machine(machineId)
      if (machine?.state === 'running') boot(machine)
    },
    postAll() {
      for (const k of kubelets.values()) k.statusAt = -Infinity
    },
    setReady(machineId, ready) {
      const k = kubelets.get(machineId)
      if (k) sayReady(k, ready)
    },
  }
}
