import type { Instance } from '@aws-sdk/client-ec2'
import type { SimulatedCloud, SimulatedMachine } from '@kube-node/testing/cloud'
import { region } from './account.ts'
import type { AwsWorld } from './world.ts'

/** moto's instances, seen whenever something may have changed: what kubelets run on, and where machines are counted. */
export interface Machines extends Pick<SimulatedCloud, 'machines' | 'machine' | 'on' | 'capacity'> {
  /** Every look at which a claim had more than one machine that was not terminated, in words. */
  readonly doubles: readonly string[]
  /** Looks so far. */
  readonly looks: number
  /** Until the signal fires. */
  run(signal: AbortSignal): Promise<void>
}

const changes: ReadonlySet<string> = new Set(['RunInstances', 'TerminateInstances'])

export const claimOf = ({ Tags = [] }: Instance): string => Tags.find(({ Key }) => Key === 'kube-node.dev/claim')?.Value ?? ''

export const machinesOf = ({ proxy, instances }: Pick<AwsWorld, 'proxy' | 'instances'>): Machines => {
  const listeners = new Set<{ readonly state: SimulatedMachine['state']; readonly listen: (machine: SimulatedMachine) => void }>()
  const known = new Map<string, SimulatedMachine>()
  const doubles: string[] = []
  let looks = 0
  let changed = Promise.withResolvers<void>()

  const look = async (): Promise<void> => {
    const seen = await instances()
    looks += 1
    const living = Map.groupBy(
      seen.filter(({ State }) => State?.Name !== 'terminated'),
      claimOf,
    )
    for (const [claim, all] of living) {
      if (all.length > 1) doubles.push(`${claim} has ${all.map(({ InstanceId }) => InstanceId).join(' and ')}`)
    }
    for (const machine of seen.map(machineOf)) {
      if (known.get(machine.id)?.state === machine.state) continue
      known.set(machine.id, machine)
      for (const { state, listen } of listeners) if (state === machine.state) listen(machine)
    }
  }

  return {
    doubles,
    get looks() {
      return looks
    },
    machines: () => [...known.values()],
    machine: id => known.get(id),
    capacity: () => ({ cpu: '2', memory: '8Gi', pods: '29' }),
    on(state, listen) {
      const listener = { state, listen }
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    async run(signal) {
      const took = proxy.losing(({ action }) => {
        if (changes.has(action)) changed.resolve()
        return false
      })
      signal.addEventListener('abort', () => changed.resolve(), { once: true })
      while (!signal.aborted) {
        await changed.promise
        changed = Promise.withResolvers()
        await look()
      }
      took()
    },
  }
}

const machineOf = (instance: Instance): SimulatedMachine => {
  const { InstanceId: id = '', InstanceType: instanceType = '', ImageId: image = '', PrivateIpAddress: address = '' } = instance
  const tags = new Map(instance.Tags?.map(({ Key = '', Value = '' }) => [Key, Value]))
  const tag = (name: string): string => tags.get(`kube-node.dev/${name}`) ?? ''
  const nodeName = tag('node-name')
  const createdAt = instance.LaunchTime?.getTime() ?? 0
  return {
    id,
    name: nodeName,
    account: '',
    region,
    zone: instance.Placement?.AvailabilityZone ?? '',
    instanceType,
    capacityType: 'on-demand',
    image,
    owner: { cluster: tag('cluster'), controller: tag('controller'), claim: tag('claim'), nodeName, attempt: Number(tag('attempt')) },
    state: instance.State?.Name === 'terminated' ? 'gone' : 'running',
    address,
    createdAt,
    visibleAt: createdAt,
    boots: true,
    joins: true,
  }
}
