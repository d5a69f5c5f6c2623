import { Leases, Nodes, pathOf } from '@kube-node/core/api'
import type { Json, KubeTransport } from '@kube-node/core/kube'
import type { Clock } from '@kube-node/core/runtime'
import type { SimulatedMachine } from '@kube-node/testing/cloud'
import { nodeStatus } from './status.ts'

export interface Kubelets {
  /** The machine runs: its kubelet posts the node's status once. */
  join(machine: SimulatedMachine): void
  leave(machine: SimulatedMachine): void
  /** Seconds after which each renews its Lease, spread evenly, and a thirtieth of them its status, as kubelets do. 0: never. */
  beat(seconds: number): void
  /** How many have posted their status. */
  joined(): number
}

const workers = 32
const namespace = 'kube-node-lease'

interface Seat {
  readonly address: string
  /** Its turn among those that beat: for as long as it lives, whoever else comes and goes, or its node would be taken for silent. */
  readonly turn: number
}

/** Kubelets as few requests as can be: for figures that tell of the controller. */
export const kubelets = (transport: KubeTransport, clock: Clock): Kubelets => {
  const signal = new AbortController().signal
  const nodes = new Map<string, Seat>()
  const leased = new Set<string>()
  const queue: (() => Promise<void>)[] = []
  let busy = 0
  let posted = 0
  const work = async (): Promise<void> => {
    busy += 1
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next()
    busy -= 1
  }
  const enqueue = (one: () => Promise<void>): void => {
    queue.push(one)
    if (busy < workers) void work()
  }
  const send = async (method: 'POST' | 'PATCH', path: string, type: string, body: Json): Promise<number> => {
    const headers = { 'content-type': type, 'user-agent': 'bench-kubelets' }
    const { status } = await transport.request({ method, path, headers, body, signal })
    // 404: the node has gone meanwhile; 409: its Lease is still there from before.
    if (status >= 300 && status !== 404 && status !== 409) process.stderr.write(`${method} ${path}: ${status}\n`)
    return status
  }
  const postStatus = async (name: string, address: string): Promise<void> => {
    // Border: what is made here is JSON.
    const body = { status: nodeStatus(name, address, clock.now()) } as unknown as Json
    await send('PATCH', pathOf(Nodes, undefined, name, 'status'), 'application/strategic-merge-patch+json', body)
  }
  const spec = (name: string): Json => ({
    holderIdentity: name,
    leaseDurationSeconds: 40,
    renewTime: new Date(clock.now()).toISOString().replace('Z', '000Z'),
  })
  const renew = async (name: string): Promise<void> => {
    if (leased.has(name)) {
      await send('PATCH', pathOf(Leases, namespace, name), 'application/merge-patch+json', { spec: spec(name) })
      return
    }
    leased.add(name)
    const lease: Json = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace }, spec: spec(name) }
    await send('POST', pathOf(Leases, namespace), 'application/json', lease)
  }

  let beating: NodeJS.Timeout | undefined
  let turn = 0
  let seats = 0
  const beat = (seconds: number): void => {
    clearInterval(beating)
    if (seconds === 0) return
    beating = setInterval(() => {
      turn += 1
      const round = Math.floor(turn / seconds)
      for (const [name, { address, turn: own }] of nodes) {
        if (own % seconds !== turn % seconds) continue
        enqueue(() => renew(name))
        if (round % 30 === own % 30) enqueue(() => postStatus(name, address))
      }
    }, 1_000)
  }
  const nameOf = ({ owner }: SimulatedMachine): string => owner?.nodeName ?? ''
  return {
    join: machine => {
      const name = nameOf(machine)
      nodes.set(name, { address: machine.address, turn: (seats += 1) })
      enqueue(async () => {
        await postStatus(name, machine.address)
        posted += 1
      })
    },
    leave: machine => {
      nodes.delete(nameOf(machine))
      leased.delete(nameOf(machine))
    },
    beat,
    joined: () => posted,
  }
}
