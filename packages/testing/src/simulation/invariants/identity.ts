import { X509Certificate, createHash } from 'node:crypto'
import { type CertificateSigningRequest, type Node, nameOf } from '@kube-node/core/api'
import { isBroken, recordOf } from '@kube-node/core'
import type { SimulatedCloud } from '../../cloud/index.ts'
import { forgedPrefix } from '../estate.ts'
import type { Watch } from './invariant.ts'

const tokenUser = 'system:bootstrap:'
const nodeUser = 'system:node:'

/**
 * 13: a certificate is for the node that the token was made for, or that its holder is already, and for names of its machine; and
 * a token opens the door for one key. Judged by what was signed, which can't be taken back. What was forged is not even approved.
 */
export const identity: Watch = ({ world, cloud, truth, restores }, report) => {
  const claims = new Map<string, Claim>()
  /** By UID of the token's Secret: the create of a set's Node that is sent twice makes two claims, whose tokens have one id. */
  const keys = new Map<string, { readonly key: string; readonly at: number }>()
  /** By name, when the Node was last seen to be no claim any more. World time. */
  const claimedUntil = new Map<string, number>()
  /** A restore may bring back what was signed long ago. */
  const judged = new Set<string>()
  /** By UID of the request: the Secret by which it came in. */
  const cameBy = new Map<string, string>()
  const wasClaim = (name: string): boolean =>
    isClaimed(truth.nodes.all.get(name)) || (claimedUntil.get(name) ?? -Infinity) > world.now - staleMs
  truth.nodes.on(({ now, old }) => {
    if (isClaimed(old) && !isClaimed(now)) claimedUntil.set(old?.metadata?.name ?? '', world.now)
    const record = now && recordOf(now)
    if (now && record && !isBroken(record) && record.token !== undefined)
      claims.set(record.token, { name: nameOf(now), uid: now.metadata?.uid ?? '', attempt: record.attempt, machine: record.id })
  })

  const byToken = (token: string, secret: string, subject: string, key: string): void => {
    const wanted = `system:node:${nodeNameFor(cloud, claims.get(token)) ?? ''}`
    if (subject !== wanted) report(13, `with token ${token}, which was made for ${wanted}, somebody became ${subject}`)
    const first = keys.get(secret)
    // What was bound to the token may be forgotten by a restore: then nobody can know.
    if (first && first.key !== key && first.at > restores.at) report(13, `two keys became ${subject} with token ${token}`)
    if (!first || first.at <= restores.at) keys.set(secret, { key, at: world.now })
  }

  truth.requests.on(({ now, old }) => {
    if (now && nameOf(now).startsWith(forgedPrefix) && now.status?.conditions?.some(({ type }) => type === 'Approved'))
      report(13, `${now.spec.username ?? ''} has forged a request, and it is approved: ${nameOf(now)}`)
    if (!now || old?.status?.certificate !== undefined) return
    const { username = '' } = now.spec
    const token = username.startsWith(tokenUser) ? username.slice(tokenUser.length) : undefined
    const uid = now.metadata?.uid ?? ''
    const shown = token === undefined ? undefined : truth.secrets.all.get(`kube-system/bootstrap-token-${token}`)?.metadata?.uid
    if (shown !== undefined && !cameBy.has(uid)) cameBy.set(uid, shown)
    const certificate = certificateIn(now)
    if (!certificate || judged.has(certificate.fingerprint256)) return
    judged.add(certificate.fingerprint256)
    const subject = commonNameOf(certificate)
    if (token !== undefined) return byToken(token, cameBy.get(uid) ?? token, subject, keyOf(certificate))
    if (subject !== username) return report(13, `${username} became ${subject}`)
    if (!wasClaim(subject.slice(nodeUser.length))) return report(13, `${username} goes on, though there is no claim of that name`)
    const foreign = foreignName(cloud, subject.slice(nodeUser.length), namesOf(certificate))
    if (foreign !== undefined) report(13, `${username} may serve as ${foreign}, which its machine is not called`)
  })
  return {}
}

/** Longer than anybody is frozen who has read that there was one, and what he has sent is under way. Milliseconds. */
const staleMs = 180_000

const isClaimed = (node: Node | undefined): boolean => node?.metadata?.finalizers?.includes('kube-node.dev/machine') === true

/** The attempt that a token was made for. */
interface Claim {
  readonly name: string
  readonly uid: string
  readonly attempt: number
  /** The one that the record named last: a provider without tokens may have made another one, which is on its way out. */
  readonly machine: string | undefined
}

/** What the cloud calls the machine of that attempt; where it has no say, the name of the claim. */
const nodeNameFor = (cloud: SimulatedCloud, claim: Claim | undefined): string | undefined => {
  const made = cloud.machines().filter(({ owner }) => owner?.claim === claim?.uid && owner?.attempt === claim?.attempt)
  const machine = made.find(({ id }) => id === claim?.machine) ?? made.at(-1)
  return machine?.nodeName ?? claim?.name
}

const certificateIn = ({ status }: CertificateSigningRequest): X509Certificate | undefined =>
  (status?.certificate ?? '') === '' ? undefined : new X509Certificate(Buffer.from(status?.certificate ?? '', 'base64'))

const commonNameOf = ({ subject }: X509Certificate): string => /^CN=(.*)$/m.exec(subject)?.[1] ?? ''

const keyOf = ({ publicKey }: X509Certificate): string =>
  createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex')

const namesOf = ({ subjectAltName = '' }: X509Certificate): readonly string[] =>
  subjectAltName === '' ? [] : subjectAltName.split(', ').map(name => name.replace(/^(DNS|IP Address):/, ''))

/** Of those names one that no machine has which was ever made for that node; undefined when all of them fit one. */
const foreignName = (cloud: SimulatedCloud, nodeName: string, names: readonly string[]): string | undefined => {
  const machines = cloud.machines().filter(({ nodeName: dictated, owner }) => (dictated ?? owner?.nodeName) === nodeName)
  const fits = machines.some(({ address, name }) => names.every(each => [nodeName, address, name].includes(each)))
  return names.length === 0 || fits ? undefined : names.join(', ')
}
