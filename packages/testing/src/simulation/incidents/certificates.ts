import { nameOf } from '@kube-node/core/api'
import { isClaim, isDeleting } from '@kube-node/core'
import { TransportError } from '@kube-node/core/kube'
import type { SimulatedMachine } from '../../cloud/index.ts'
import type { RequestStory } from '../../server/index.ts'
import type { Identity, Purpose } from '../certificates.ts'
import { forgedPrefix } from '../estate.ts'
import { keysFrom } from '../keys.ts'
import type { Incident } from '../kinds.ts'
import type { Stage } from '../stage.ts'
import { leadingSlot } from './managers.ts'
import { type Plays, among, byName } from './play.ts'

interface Holder {
  readonly machine: SimulatedMachine
  readonly nodeName: string
  readonly identity: Identity
}

const nodeUser = 'system:node:'

/** Machines whose kubelets have come in; in half of the cases only those whose nodes are on their way out, if there are any. */
const holderIn = ({ cloud, joining, truth }: Stage, which: number): Holder | undefined => {
  const holders = cloud.machines().flatMap((machine): readonly Holder[] => {
    const identity = machine.state === 'running' ? joining.holder(machine.id) : undefined
    return identity ? [{ machine, identity, nodeName: identity.user.slice(nodeUser.length) }] : []
  })
  const leaving = holders.filter(({ nodeName }) => {
    const node = truth.nodes.all.get(nodeName)
    return node !== undefined && isDeleting(node)
  })
  return among(leaving.length > 0 && (which * 10) % 1 < 0.5 ? leaving : holders, which)
}

interface Forgery {
  readonly by: Identity
  readonly purpose: Purpose
  readonly story: RequestStory
  readonly told: string
}

/** What somebody may try who is a node, has read its token, or is nobody at all. */
const forgeries = (stage: Stage, { nodeName, machine, identity }: Holder, which: number): readonly Forgery[] => {
  const own = [nodeName, machine.name, machine.owner?.nodeName]
  const others = [...stage.truth.nodes.all.values()].filter(node => !own.includes(nameOf(node))).sort(byName)
  const other = among(others, which)
  const otherName = other ? nameOf(other) : 'nobody'
  const { user } = identity
  const client = { purpose: 'client', story: { commonName: user } } as const
  const serving = (dns: readonly string[], ips: readonly string[]) =>
    ({ purpose: 'serving', story: { commonName: user, dns, ips } }) as const
  const by = (name: string, ...groups: readonly string[]): Identity => ({ user: name, groups: [...groups, 'system:authenticated'] })
  return [
    { by: identity, purpose: 'client', story: { commonName: `${nodeUser}${otherName}` }, told: `${user} asks to be ${otherName}` },
    { by: identity, ...serving([nodeName], [machine.address, '10.96.0.1']), told: `${user} asks to serve at 10.96.0.1` },
    { by: identity, ...serving([otherName], [machine.address]), told: `${user} asks to serve as ${otherName}` },
    { by: identity, ...serving(['kubernetes.default.svc'], []), told: `${user} asks to serve as the API server` },
    { by: by(user), ...client, told: `somebody who is called ${user}, and no node, asks for its certificate` },
    { by: by('system:serviceaccount:kube-system:default', 'system:serviceaccounts'), ...client, told: `a pod asks to be ${nodeName}` },
    {
      by: by('system:bootstrap:abcdef', 'system:bootstrappers'),
      ...serving([nodeName], [machine.address]),
      told: `somebody with a bootstrap token asks to serve as ${nodeName}`,
    },
  ]
}

/** A node that was never a claim: what it asks for is the business of others. */
const stranger = ({ truth }: Stage, which: number): Forgery | undefined => {
  const node = among([...truth.nodes.all.values()].filter(each => !isClaim(each)).sort(byName), which)
  if (!node) return undefined
  const user = `${nodeUser}${nameOf(node)}`
  return {
    by: { user, groups: ['system:nodes', 'system:authenticated'] },
    purpose: 'client',
    story: { commonName: user },
    told: `${user}, which is no claim, renews its certificate`,
  }
}

const askFor = async ({ world, joining }: Stage, { by, purpose, story }: Forgery, name: string): Promise<void> =>
  joining.ask(by, name, purpose, story, keysFrom(`${world.seed} ${name}`))

/** Armed once: at the next request of that user, when it is made or when it has been approved. */
const atNextRequest = (stage: Stage, user: string, what: 'made' | 'approved', strike: () => void): void => {
  let armed = true
  stage.truth.requests.on(({ now }) => {
    if (!armed || now?.spec.username !== user || (now.metadata?.name ?? '').startsWith(forgedPrefix)) return
    const isApproved = now.status?.conditions?.some(({ type }) => type === 'Approved') === true
    if (isApproved !== (what === 'approved')) return
    armed = false
    strike()
  })
}

/** What befalls certificates while their nodes live, and who would like to have them. */
export const certificatePlays: Plays<'certificates'> = {
  'renew-early'(stage, { which }) {
    const holder = holderIn(stage, which)
    if (!holder) return undefined
    stage.joining.renew(holder.machine.id)
    return `the kubelet of ${holder.machine.id} (${holder.nodeName}) asks for other certificates`
  },
  'crash-at-renewal'(stage, incident: Incident) {
    const { which, ms } = incident
    const { managers, world } = stage
    const holder = holderIn(stage, which)
    if (!holder) return undefined
    const what = ms % 2 === 0 ? 'made' : 'approved'
    atNextRequest(stage, holder.identity.user, what, () => {
      const slot = leadingSlot(stage)
      // From its making an approval is a few answers away.
      const afterMs = what === 'made' ? ms % 300 : ms % 20
      if (slot !== undefined) world.at(afterMs, `the end of m${slot + 1} at a renewal`, () => managers.crash(slot, 500))
    })
    stage.joining.renew(holder.machine.id)
    return `the kubelet of ${holder.machine.id} (${holder.nodeName}) asks for other certificates; once ${what}, a manager crashes`
  },
  async 'forge-renewal'(stage, { which, ms }) {
    const holder = holderIn(stage, which)
    const forged = holder ? among(forgeries(stage, holder, which), (which * 100) % 1) : undefined
    const foreign = ms % 4 === 0 || !forged ? stranger(stage, which) : undefined
    const forgery = foreign ?? forged
    if (!forgery) return undefined
    // Somebody may adopt it, and then it is in the right.
    try {
      await askFor(stage, forgery, `${foreign ? 'strange-' : forgedPrefix}${stage.world.now}`)
    } catch (error) {
      if (!TransportError.is(error)) throw error
      return undefined
    }
    return forgery.told
  },
}
