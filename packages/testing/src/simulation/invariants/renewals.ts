import { type CertificateSigningRequest, type Node, nameOf } from '@kube-node/core/api'
import { isBroken, recordOf } from '@kube-node/core'
import { forgedPrefix } from '../estate.ts'
import type { Stage } from '../stage.ts'
import type { Watch } from './invariant.ts'

const nodeUser = 'system:node:'
const clientSigner = 'kubernetes.io/kube-apiserver-client-kubelet'
/** From the end of the faults: until who leads leads, and until what failed in them is tried again. Milliseconds. */
const leadersMs = 60_000
const retriesMs = 300_000
const limitMs = 60_000
/** What a serving certificate is asked for must stand in a list of machines. Milliseconds. */
const servingLimitMs = 120_000

interface Pending {
  readonly since: number
  readonly nodeName: string
  /** What a serving certificate is asked for, in base64. */
  readonly serving: string | undefined
}

/**
 * 10: without faults a kubelet that asks for a certificate has it soon, for as long as its claim is there: in its drain, too. At its end
 * a history asks for all certificates of those that stay.
 */
export const renewals: Watch = (stage, report) => {
  const { world, truth, scenario } = stage
  const pending = new Map<string, Pending>()
  /** When a Node became a claim, by name. */
  const claimedAt = new Map<string, number>()
  truth.nodes.on(({ now, old }) => {
    if (now && isGoodClaim(now) && !(old && isGoodClaim(old))) claimedAt.set(nameOf(now), world.now)
  })
  truth.requests.on(({ now, old }) => {
    const uid = (now ?? old)?.metadata?.uid ?? ''
    if (!now || !isRenewal(now) || isSettled(now)) return void pending.delete(uid)
    if (pending.has(uid)) return
    const { signerName, username = '' } = now.spec
    const serving = signerName === clientSigner ? undefined : now.spec.request
    pending.set(uid, { since: world.now, nodeName: username.slice(nodeUser.length), serving })
  })
  return {
    tick() {
      const calmAt = scenario.chaosMs + leadersMs
      if (world.now < calmAt) return
      for (const { since, nodeName, serving } of pending.values()) {
        const node = truth.nodes.all.get(nodeName)
        if (!node || !isGoodClaim(node) || (serving !== undefined && !isInSight(node, serving, stage))) continue
        const from = Math.max(since < calmAt ? scenario.chaosMs + retriesMs : since, claimedAt.get(nodeName) ?? 0)
        if (world.now - from <= (serving === undefined ? limitMs : servingLimitMs)) continue
        const what = serving === undefined ? 'client' : 'serving'
        report(10, `the kubelet of ${nodeName} has asked for a ${what} certificate ${world.now - since} ms ago`)
      }
    },
  }
}

/** The machine that is recorded is the one that asked, and lists show it. */
const isInSight = (node: Node, request: string, { cloud, accounts, joining }: Stage): boolean => {
  const record = recordOf(node)
  const machine = record && !isBroken(record) ? cloud.machine(record.id ?? '') : undefined
  if (!machine || machine.account !== accounts.opened || joining.holder(machine.id)?.user !== `${nodeUser}${nameOf(node)}`) return false
  return namesAddress(request, machine.address)
}

/** Somebody of that name may have been there before, and have left a request. An alternative name is 87, its length, and its octets. */
const namesAddress = (request: string, address: string): boolean => {
  const [, base64 = ''] = /-----BEGIN[^-]+-----([^-]+)-----END/.exec(Buffer.from(request, 'base64').toString('latin1')) ?? []
  return Buffer.from(base64, 'base64').includes(Buffer.from([0x87, 4, ...address.split('.').map(Number)]))
}

const isRenewal = ({ metadata, spec }: CertificateSigningRequest): boolean =>
  spec.username?.startsWith(nodeUser) === true && metadata?.name?.startsWith(forgedPrefix) !== true

const isSettled = ({ status }: CertificateSigningRequest): boolean => (status?.conditions?.length ?? 0) > 0

const isGoodClaim = (node: Node): boolean => {
  const record = recordOf(node)
  return node.metadata?.finalizers?.includes('kube-node.dev/machine') === true && record !== undefined && !isBroken(record)
}
