import { Nodes } from '@kube-node/core/api'
import type { SimulatedMachine } from '../../cloud/index.ts'
import { claimNamed } from '../estate.ts'
import type { Stage } from '../stage.ts'
import { type Plays, among, lasting } from './play.ts'

const machinesOf = ({ cloud }: Stage): readonly SimulatedMachine[] =>
  cloud.machines().filter(machine => machine.owner && machine.state !== 'gone' && machine.state !== 'stopping')

/** What befalls single machines and their kubelets. */
export const machinePlays: Plays<'machines'> = {
  async 'boot-fails'(stage, { which }) {
    stage.cloud.faults.bootFails(1)
    const name = `claim-${8 + Math.floor(which * 4)}`
    await stage.client.create(Nodes, claimNamed(name))
    return `a person claims node ${name}; the next machine never comes up`
  },
  async 'join-fails'(stage, { which }) {
    stage.cloud.faults.joinFails(1)
    const name = `claim-${8 + Math.floor(which * 4)}`
    await stage.client.create(Nodes, claimNamed(name))
    return `a person claims node ${name}; the kubelet of the next machine never joins`
  },
  'machine-dies'(stage, { which }) {
    const machine = among(machinesOf(stage), which)
    if (!machine) return undefined
    stage.cloud.kill(machine.id)
    return `machine ${machine.id} of ${machine.owner?.nodeName ?? ''} dies`
  },
  'machine-vanishes'(stage, { which }) {
    const machine = among(machinesOf(stage), which)
    if (!machine) return undefined
    stage.cloud.kill(machine.id, { listed: false })
    return `machine ${machine.id} of ${machine.owner?.nodeName ?? ''} vanishes without a trace`
  },
  'kubelet-dies'(stage, { which, ms }) {
    const machine = among(machinesOf(stage), which)
    if (!machine) return undefined
    stage.kubelets.stop(machine.id)
    lasting(stage, ms + 30_000, `the silence of the kubelet of ${machine.id}`, () => stage.kubelets.start(machine.id))
    return `the kubelet of ${machine.id} (${machine.owner?.nodeName ?? ''}) falls silent`
  },
}
