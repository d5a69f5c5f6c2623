import { Nodes, Secrets, nameOf } from '@kube-node/core/api'
import type { SimulatedMachine } from '../../cloud/index.ts'
import { claimNamed } from '../estate.ts'
import type { Incident } from '../kinds.ts'
import { keysFrom } from '../keys.ts'
import type { Stage } from '../stage.ts'
import { isBootstrapToken } from '../truth.ts'
import { leadingSlot } from './managers.ts'
import { type Plays, among, byName } from './play.ts'

/** Tokens live for seconds: a claim is made, and the machine that comes up next with a token is the one. */
const withNextToken = async (
  stage: Stage,
  { which }: Incident,
  state: 'starting' | 'running',
  strike: (machine: SimulatedMachine) => void,
): Promise<string> => {
  const { cloud, joining, scenario } = stage
  const hear = (machine: SimulatedMachine): void => {
    if (!joining.told(machine)) return
    armed[Symbol.dispose]()
    strike(machine)
  }
  // Who is told by steps runs already.
  const armed = scenario.provisioning.delivery === 'steps' ? joining.onDelivery(hear) : cloud.on(state, hear)
  const name = `claim-${8 + Math.floor(which * 4)}`
  await stage.client.create(Nodes, claimNamed(name))
  return `a person claims node ${name}`
}

/** A pod that has read the user data of its machine: what the token opens, it tries. */
const steal = (stage: Stage, machine: SimulatedMachine, afterMs: number, wish: string): void => {
  const { world, joining } = stage
  const token = joining.told(machine)?.token ?? ''
  const name = `stolen-${machine.id}-${world.now}`
  const attempt = async (): Promise<void> => {
    try {
      await joining.ask(await joining.identify(token), name, 'client', { commonName: wish }, keysFrom(`${world.seed} ${name}`))
      world.tell(`* a thief asks with the token of ${machine.id} (${machine.owner?.nodeName ?? ''}) to be ${wish}`)
    } catch (error) {
      world.note(`a thief came too late: ${String(error)}`)
    }
  }
  world.at(afterMs, `the theft of the token of ${machine.id}`, () => void attempt())
}

const tokenSecretOf = ({ joining }: Stage, machine: SimulatedMachine): { readonly namespace: string; readonly name: string } => ({
  namespace: 'kube-system',
  name: `bootstrap-token-${joining.told(machine)?.token.split('.')[0] ?? ''}`,
})

/** What befalls those who join, and who would like to. */
export const identityPlays: Plays<'identity'> = {
  async 'forge-request'(stage, incident) {
    const { which, ms } = incident
    const told = await withNextToken(stage, incident, 'running', machine => {
      const others = [...stage.truth.nodes.all.values()]
        .filter(node => nameOf(node) !== (machine.nodeName ?? machine.owner?.nodeName))
        .sort(byName)
      const other = among(others, which)
      steal(stage, machine, ms % 5_000, `system:node:${other ? nameOf(other) : 'nobody'}`)
    })
    return `${told}; with the token of the next machine somebody will ask to be another node`
  },
  async 'steal-token'(stage, incident) {
    const told = await withNextToken(stage, incident, 'running', machine =>
      steal(stage, machine, incident.ms % 6_000, `system:node:${machine.nodeName ?? machine.owner?.nodeName ?? ''}`),
    )
    return `${told}; with the token of the next machine somebody will ask to be that node, too`
  },
  async 'crash-at-approval'(stage, incident) {
    const { ms } = incident
    const told = await withNextToken(stage, incident, 'running', machine => {
      const { name } = tokenSecretOf(stage, machine)
      let armed = true
      const strike = (): void => {
        if (!armed) return
        armed = false
        steal(stage, machine, 500 + (ms % 4_000), `system:node:${machine.nodeName ?? machine.owner?.nodeName ?? ''}`)
        const slot = leadingSlot(stage)
        if (slot !== undefined) stage.world.at(ms % 20, `the end of m${slot + 1} at an approval`, () => stage.managers.crash(slot, 500))
      }
      // Whichever is written first: the key on the token, or the approval.
      stage.truth.secrets.on(({ now }) => {
        if (now?.metadata?.name === name && now.metadata.annotations?.['kube-node.dev/approved-key'] !== undefined) strike()
      })
      stage.truth.requests.on(({ now }) => {
        const asker = now?.spec.username ?? ''
        if (asker === `system:bootstrap:${name.slice(-6)}` && now?.status?.conditions?.some(({ type }) => type === 'Approved')) strike()
      })
    })
    return `${told}; when its machine is let in, the manager will crash, and a thief will come`
  },
  async 'crash-joining-kubelet'(stage, incident) {
    const { which, ms } = incident
    const told = await withNextToken(stage, incident, 'running', ({ id, owner }) => {
      const { world, kubelets, joining } = stage
      world.at(2_000 + (ms % 3_000), `the crash of the joining kubelet of ${id}`, () => {
        const wipes = which < 0.3
        kubelets.stop(id)
        if (wipes) joining.wipe(id)
        world.tell(`* the kubelet of ${id} (${owner?.nodeName ?? ''}) crashes while it joins${wipes ? ', and forgets its key' : ''}`)
        world.at(ms % 20_000, `the kubelet of ${id} starts again`, () => kubelets.start(id))
      })
    })
    return told
  },
  async 'expire-token'(stage, incident) {
    const told = await withNextToken(stage, incident, 'starting', machine => {
      const key = tokenSecretOf(stage, machine)
      const expire = async (): Promise<void> => {
        const expiration = Buffer.from(new Date(stage.world.wall).toISOString()).toString('base64')
        try {
          await stage.client.patch(Secrets, key, { merge: { data: { expiration } } })
          stage.world.tell(`* the token of ${machine.id} (${machine.owner?.nodeName ?? ''}) expires`)
        } catch (error) {
          stage.world.note(`no token of ${machine.id} to expire: ${String(error)}`)
        }
      }
      stage.world.at(incident.ms % 20_000, `the expiry of the token of ${machine.id}`, () => void expire())
    })
    return `${told}; the token of the next machine will not last`
  },
  async 'delete-token'(stage, { which }) {
    const secret = among([...stage.truth.secrets.all.values()].filter(isBootstrapToken).sort(byName), which)
    if (!secret) return undefined
    await stage.client.delete(Secrets, { namespace: 'kube-system', name: nameOf(secret) }, { uid: secret.metadata?.uid ?? '' })
    return `a person deletes Secret ${nameOf(secret)}`
  },
}
