import { Leases, Nodes, pathOf } from '@kube-node/core/api'
import type { Json, KubeResponse, KubeTransport } from '@kube-node/core/kube'
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
  /** Versions of their Leases: kubelets write the whole of one, and know which. */
  const leases = new Map<string, string>()
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
  const send = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, type: string, body?: Json): Promise<KubeResponse> => {
    const headers = { 'content-type': type, 'user-agent': 'bench-kubelets' }
    const response = await transport.request({ method, path, headers, ...(body !== undefined && { body }), signal })
    const { status } = response
    // 404: the node has gone meanwhile; 409: its Lease is another by now, or still there from before.
    if (status >= 300 && status !== 404 && status !== 409) process.stderr.write(`${method} ${path}: ${status}\n`)
    return response
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
  const leaseOf = (name: string, resourceVersion?: string): Json => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
    spec: spec(name),
  })
  const renew = async (name: string): Promise<void> => {
    const path = pathOf(Leases, namespace, name)
    const known = leases.get(name)
    const written = await (known === undefined
      ? send('POST', pathOf(Leases, namespace), 'application/json', leaseOf(name))
      : send('PUT', path, 'application/json', leaseOf(name, known)))
    const { status, body } = written.status === 409 ? await send('GET', path, 'application/json') : written
    // Border: a Lease is what is answered under this path.
    const version = (body as { readonly metadata?: { readonly resourceVersion?: string } } | undefined)?.metadata?.resourceVersion
    if (status < 300 && version !== undefined && nodes.has(name)) leases.set(name, version)
    else leases.delete(name)
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
      leases.delete(nameOf(machine))
    },
    beat,
    joined: () => posted,
  }
}
