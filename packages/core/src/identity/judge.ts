import type { CertificateSigningRequest, Node } from '../api/index.ts'
import { type MachineRecord, claimOf, hasJoined, hasMachineFinalizer, isBroken, isDeleting, readyStatus, recordOf } from '../claim/index.ts'
import type { Machine } from '../provider/index.ts'
import { isServiceName, knownNames, lower } from './addresses.ts'
import { type Asked, readAsked } from './asked.ts'
import { judgeNamesake } from './namesake.ts'
import { isSettled, requestorOf } from './requestor.ts'
import type { BootstrapToken } from './token.ts'
import { type Verdict, quote, refuse } from './verdict.ts'

/** All that a verdict rests on. Read live, not from a mirror: what is approved can't be taken back. */
export interface RequestFacts {
  readonly request: CertificateSigningRequest
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The `spec.controller` that this manager answers to. */
  readonly controller: string
  /** The token of the requestor, where he showed one and it is ours. */
  readonly token: BootstrapToken | undefined
  /** The Node that the request is about: of the token's name, or of the requestor's. */
  readonly node: Node | undefined
  /** For a serving certificate: the machine that the claim's record names, as its provider reports it. */
  readonly machine: Machine | undefined
  /** For a first join: what the cloud calls the machine; undefined where machines are called as their claims. */
  readonly dictated: Dictated | undefined
}

/** A name that the cloud gives. */
export interface Dictated {
  /** The machine that the claim's record names, as its provider reports it; undefined while nobody knows. */
  readonly machine: Machine | undefined
  /** How many other machines are called so. */
  readonly others: number
  /** The Node that is called so. */
  readonly namesake: Node | undefined
}

const notOurs: Verdict = { verdict: 'not ours' }
const yearSeconds = 365 * 24 * 60 * 60

/**
 * May this request be approved? Pure, and it never throws, whatever the request holds. Approves only what it has understood to the
 * last part: what is not needed for a kubelet's certificate is a refusal.
 */
export const judge = (facts: RequestFacts): Verdict => {
  const { request } = facts
  if (isSettled(request)) return notOurs
  const requestor = requestorOf(request)
  switch (requestor?.kind) {
    case 'token':
      return judgeFirst(facts, requestor.id)
    case 'node':
      return judgeNode(facts, requestor.name, requestor.wants)
    case undefined:
      return notOurs
  }
}

/** A machine that joins: the token, and the claim that the token was made for, say which node it may become. */
const judgeFirst = (facts: RequestFacts, id: string): Verdict => {
  const { token, node, controller, now, request } = facts
  if (token?.id !== id) return refuse('TokenUnknown', `there is no bootstrap token ${id} of kube-node`)
  const { nodeName, attempt, recovery } = token
  const claim = `claim ${nodeName}, attempt ${attempt}${recovery === undefined ? '' : `, recovery ${recovery}`}`
  if (node?.metadata?.name !== nodeName || node.metadata.uid !== token.claim || !hasMachineFinalizer(node))
    return refuse('ClaimGone', `the token is for ${claim}, which is no more`)
  const record = recordOf(node)
  if (record === undefined || isBroken(record)) return recordBroken(nodeName)
  if (record.controller !== controller) return notOurs
  if (isDeleting(node) || record.deletedAt !== undefined)
    return refuse('ClaimDeleting', `the token is for ${claim}, which is being deleted`)
  if (record.token !== id || record.attempt !== attempt || record.recovery?.number !== recovery)
    return refuse('ClaimMovedOn', `the token is for ${claim}, and the claim is at attempt ${record.attempt}`)
  if (token.isDeleting || token.expiresAt <= now) return refuse('TokenExpired', `the token for ${claim} has expired or is being deleted`)

  const named = nameFor(facts, token, node, record)
  if (typeof named !== 'string') return named
  const asked = readClientRequest(request, named)
  if (asked.verdict !== undefined) return asked
  // A kubelet that posts and has traded no token is another one: of an older machine of that name, say, whose certificate is still good.
  const posts = recovery === undefined ? hasJoined(node) : readyStatus(node) !== 'Unknown'
  if (token.approvedKey !== undefined && token.approvedKey !== asked.key)
    return posts
      ? refuse('AlreadyJoined', `the token is for ${claim}, whose machine has joined already`)
      : refuse('TokenSpent', `the token for ${claim} was used for another key already, and one machine has one`)
  // It was made for a kubelet without a certificate, and this one has shown that it has one.
  if (recovery !== undefined && posts && token.approvedKey === undefined)
    return refuse('AlreadyJoined', `the token is for ${claim}, whose kubelet is heard again`)
  return {
    verdict: 'approve',
    reason: recovery === undefined ? 'FirstJoin' : 'Rejoin',
    message: `the machine of ${claim}, joins ${recovery === undefined ? '' : 'again '}with the token that was made for it`,
    bind: { token, key: asked.key },
  }
}

/** As which node the machine of a claim joins. Where the cloud dictates the name, only what it reports of that very machine counts. */
const nameFor = ({ dictated }: RequestFacts, token: BootstrapToken, node: Node, record: MachineRecord): string | Exclude<Answer, Asked> => {
  if (dictated === undefined) return token.nodeName
  const { machine, namesake, others } = dictated
  const isTheirs = record.id !== undefined && machine?.id === record.id && machine.owner?.claim === token.claim
  const name = isTheirs ? machine.nodeName : undefined
  if (!isTheirs || name === undefined) {
    const message = `provider ${record.provider} has not said yet what the machine of claim ${token.nodeName} is called`
    return { verdict: 'wait', reason: 'NodeNameUnknown', message }
  }
  // After a restore the record may name the machine of an attempt that it has forgotten: this token was never on it.
  if (machine.owner?.attempt !== token.attempt)
    return refuse(
      'ClaimMovedOn',
      `the token is for attempt ${token.attempt} of claim ${token.nodeName}, whose machine another attempt made`,
    )
  if (others > 0) return refuse('NodeNameShared', `provider ${record.provider} calls ${others + 1} machines ${quote(name)}`)
  const judged = namesake?.metadata?.name === name ? judgeNamesake(node, record, machine.providerID, namesake) : undefined
  return judged?.is === 'foreign' ? refuse('NodeNameTaken', judged.message) : name
}

/** A kubelet that has its certificate: it may stay the node that it is, for as long as the claim is one. */
const judgeNode = (facts: RequestFacts, name: string, wants: 'client' | 'serving'): Verdict => {
  const { node, controller, request } = facts
  if (node?.metadata?.name !== name || !hasMachineFinalizer(node)) return notOurs
  const record = recordOf(node)
  if (record === undefined) return notOurs
  if (isBroken(record)) return recordBroken(name)
  if (record.controller !== controller) return notOurs
  if (wants === 'serving') return judgeServing(facts, node, record, name)
  const asked = readClientRequest(request, name)
  if (asked.verdict !== undefined) return asked
  return { verdict: 'approve', reason: 'ClientRenewal', message: `node ${name} renews its certificate, and its claim lives` }
}

const judgeServing = ({ machine, request }: RequestFacts, node: Node, record: MachineRecord, name: string): Verdict => {
  const asked = readRequest(request, name, 'server auth')
  if (asked.verdict !== undefined) return asked
  if (asked.dns.length + asked.ips.length === 0)
    return refuse('NamesNotAllowed', 'a serving certificate is for at least one name or address, and the request has none')
  const isTheirs = record.id !== undefined && machine?.id === record.id && machine.owner?.claim === claimOf(node)
  if (!isTheirs || machine.addresses === undefined || machine.addresses.length === 0) return addressesUnknown(record, name)
  const known = knownNames(name, machine.addresses)
  const reserved = asked.dns.find(host => host.includes('*') || isServiceName(host))
  if (reserved !== undefined) return refuse('NamesNotAllowed', `no node may serve as ${quote(reserved)}`)
  const foreign = asked.dns.find(host => !known.dns.has(lower(host))) ?? asked.ips.find(ip => !known.ips.has(ip))
  if (foreign !== undefined) {
    // Clouds hand out addresses while a machine starts.
    if (machine.state === 'starting') return addressesUnknown(record, name)
    return refuse('NamesOfOthers', `provider ${record.provider} does not report ${quote(foreign)} for the machine of node ${name}`)
  }
  return {
    verdict: 'approve',
    reason: 'Serving',
    message: `provider ${record.provider} reports these names for the machine of node ${name}`,
  }
}

type Answer = Asked | Exclude<Verdict, { readonly verdict: 'approve' }>

const readClientRequest = (request: CertificateSigningRequest, name: string): Answer => {
  const asked = readRequest(request, name, 'client auth')
  if (asked.verdict === undefined && asked.dns.length + asked.ips.length > 0)
    return refuse('NamesNotAllowed', 'a client certificate has no names of hosts and no addresses')
  return asked
}

/** What client and serving certificates have in common. */
const readRequest = (request: CertificateSigningRequest, name: string, purpose: 'client auth' | 'server auth'): Answer => {
  const { expirationSeconds, usages = [] } = request.spec
  const asked = readAsked(request.spec)
  if (asked.verdict !== undefined) return asked
  if (asked.commonName !== `system:node:${name}`)
    return refuse('WrongSubject', `the common name is ${quote(asked.commonName)} and not system:node:${name}`)
  const wanted = ['digital signature', purpose]
  // Only RSA can encipher keys; kubelets since 1.27 ask for it with RSA alone.
  const allowed = asked.keyKind === 'rsa' ? [...wanted, 'key encipherment'] : wanted
  const fits = wanted.every(usage => usages.includes(usage)) && usages.every(usage => allowed.includes(usage))
  if (!fits || new Set(usages).size !== usages.length)
    return refuse('WrongUsages', `the usages are ${quote(usages.join(', '))} and not ${wanted.join(', ')}`)
  // The API server takes nothing below 600; what is above the signer's own limit it cuts.
  if (expirationSeconds !== undefined && !(expirationSeconds >= 600 && expirationSeconds <= yearSeconds))
    return refuse('WrongLifetime', `a certificate for ${expirationSeconds} s is asked for, and a year is the most`)
  return asked
}

const addressesUnknown = ({ provider }: MachineRecord, name: string): Verdict => ({
  verdict: 'wait',
  reason: 'AddressesUnknown',
  message: `provider ${provider} has not reported yet which addresses the machine of node ${name} has`,
})

const recordBroken = (name: string): Verdict => ({
  verdict: 'wait',
  reason: 'RecordBroken',
  message: `the record of node ${name} says nothing of its machine that makes sense: mend it first`,
})
