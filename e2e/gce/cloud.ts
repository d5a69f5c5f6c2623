import type { FakeGoogle, Vm } from '@kube-node/google-fake'
import type { Owner } from '@kube-node/core/provider'
import type { SimulatedKubeletsOptions, SimulatedMachine } from '@kube-node/testing/cloud'

/** The machines' side of the story, from what the fake itself holds: it outlives every controller. */
export interface Cloud {
  /** What the simulated kubelets run on. */
  readonly hosts: SimulatedKubeletsOptions['cloud']
  /** All that is not gone: `<name> of <node> is <status>`. */
  living(): readonly string[]
  /** Every moment at which a claim had more than one machine, in words. */
  readonly doubles: readonly string[]
  /** VMs that ever were. */
  made(): number
  /** Resolves at the very moment at which a VM gets that status for the `count`th time from now on. */
  reaches(status: string, count: number, signal: AbortSignal): Promise<Vm>
}

export const cloudOf = (google: FakeGoogle): Cloud => {
  const doubles: string[] = []
  let made = 0
  google.watch((vm, now) => {
    if (now !== 'PROVISIONING') return
    made += 1
    const rivals = google.vms().filter(each => claimOf(each) === claimOf(vm))
    if (rivals.length > 1) doubles.push(rivals.map(told).join(', '))
  })
  return {
    hosts: {
      machines: () => google.vms().map(machineOf),
      machine: id =>
        google
          .vms()
          .map(machineOf)
          .find(machine => machine.id === id),
      on(state, listener) {
        const end = google.watch((vm, now) => {
          if (states[now] === state) listener(machineOf(vm))
        })
        return { [Symbol.dispose]: end }
      },
      capacity: () => ({ cpu: '2', memory: '8Gi', pods: '110' }),
    },
    living: () => google.vms().map(told),
    doubles,
    made: () => made,
    reaches: (status, count, signal) =>
      new Promise((resolve, reject) => {
        let left = count
        const end = google.watch((vm, now) => {
          if (now !== status) return
          left -= 1
          if (left > 0) return
          end()
          resolve(vm)
        })
        signal.addEventListener('abort', () => reject(new Error(`${left} VMs more should have become ${status}`)), { once: true })
      }),
  }
}

const claimOf = ({ labels }: Vm): string | undefined => labels['kube-node-claim']
const told = (vm: Vm): string => `${vm.name} of ${ownerOf(vm)?.nodeName} is ${vm.status}`

/** As the fake's VMs live; `gone` is said of those that it has forgotten. */
const states: Readonly<Record<string, SimulatedMachine['state']>> = {
  PROVISIONING: 'starting',
  RUNNING: 'running',
  STOPPING: 'stopping',
  TERMINATED: 'stopped',
  gone: 'gone',
}

const ownerOf = ({ items }: Vm): Owner | undefined => {
  const text = items.find(({ key }) => key === 'kube-node-owner')?.value
  return text === undefined ? undefined : (JSON.parse(text) as Owner)
}

const machineOf = (vm: Vm): SimulatedMachine => {
  const owner = ownerOf(vm)
  return {
    id: vm.id,
    name: vm.name,
    account: 'my-project-1',
    region: vm.zone.replace(/-[a-z]$/, ''),
    zone: vm.zone,
    instanceType: String(vm.asked['machineType']).replace(/^.*\//, ''),
    capacityType: 'on-demand',
    image: '',
    ...(owner && { owner }),
    state: states[vm.status] ?? 'gone',
    address: `10.128.0.${(Number(vm.id.slice(-3)) % 250) + 2}`,
    createdAt: vm.createdAt,
    visibleAt: vm.createdAt,
    boots: true,
    joins: true,
  }
}
