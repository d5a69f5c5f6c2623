import { type CertificateSigningRequest, CertificateSigningRequests, type KubeObject, type Node, Nodes, nameOf } from '../api/index.ts'
import { goodRecord } from '../claim/index.ts'
import { type ControllerDefinition, type ManagerContext, type Reconcile, type Result, erase, index, watch } from '../engine/index.ts'
import { isConflict, isNotFound } from '../kube/index.ts'
import { type Machine, ProviderError } from '../provider/index.ts'
import { describeMs } from '../runtime/index.ts'
import { approve, bindApproved } from './approve.ts'
import { type Dictated, type RequestFacts, judge } from './judge.ts'
import { isSettled, requestorOf } from './requestor.ts'
import { tokenWithId } from './tokens.ts'
import type { Verdict } from './verdict.ts'

/** What the approver needs of the controller that it is a part of, while that one leads. */
export interface CertificateDeps {
  readonly context: ManagerContext
  /** The `spec.controller` that this manager answers to: claims of others are left to others. */
  readonly controller: string
  /**
   * The machine that the claim's record names, as its provider reports it; undefined while nobody knows. It is found through the
   * record alone, and nothing of it comes from what a kubelet has written. Whoever implements it lets the provider be asked soon
   * where the answer is not the last word.
   */
  machineOf(node: Node): Promise<Machine | undefined>
  /** Whether the cloud dictates the names of such claims' nodes. Known without asking anybody. */
  isNamedByCloud(node: Node): boolean
  /** Machines of the claim's account that the cloud calls so. */
  machinesNamed(node: Node, nodeName: string): Promise<readonly Machine[]>
}

/** Requests that nobody has decided yet, by who asks. */
const byRequestor = 'requestor'

/** Provider's addresses come with a list; a token may be extended. All else that matters wakes us by itself. */
const againMs: Readonly<Record<string, number>> = {
  AddressesUnknown: 5_000,
  NodeNameUnknown: 5_000,
  NodeNameShared: 30_000,
  NodeNameTaken: 30_000,
  NamesOfOthers: 30_000,
  TokenExpired: 60_000,
}

/** Facts may change between the look and the write, each time by somebody else: then it is looked at again. */
const looks = 5

/**
 * Approves the certificate requests of kubelets that are entitled to them, and says of the others of ours why not. Part of the node
 * controller: `deps` answers undefined while that one does not lead.
 */
export const certificatePart = (deps: () => CertificateDeps | undefined): ControllerDefinition<KubeObject> => {
  /** By request, what was last said of it: each reason is told once. */
  const said = new Map<string, string>()
  return erase<CertificateSigningRequest>({
    name: 'certificates',
    for: CertificateSigningRequests,
    workers: 4,
    indexes: [index<CertificateSigningRequest>({ resource: CertificateSigningRequests, name: byRequestor, values: valuesOf })],
    watches: [
      watch(Nodes, (node, _old, { store }) =>
        valuesOfNode(node).flatMap(value =>
          store(CertificateSigningRequests)
            .by(byRequestor, value)
            .map(request => ({ name: nameOf(request) })),
        ),
      ),
    ],
    reconcile: r => {
      const current = deps()
      return current ? reconcile(current, said, r) : Promise.resolve(undefined)
    },
  })
}

const valuesOf = (request: CertificateSigningRequest): readonly string[] => {
  const requestor = isSettled(request) ? undefined : requestorOf(request)
  if (requestor === undefined) return []
  return [requestor.kind === 'token' ? `token ${requestor.id}` : `node ${requestor.name}`]
}

const valuesOfNode = (node: Node): readonly string[] => {
  const record = goodRecord(node)
  const token = record?.token
  return [`node ${nameOf(node)}`, ...(token === undefined ? [] : [`token ${token}`])]
}

type Reconciling = Reconcile<CertificateSigningRequest>

const reconcile = async (deps: CertificateDeps, said: Map<string, string>, r: Reconciling): Promise<Result> => {
  if (r.object === undefined || isSettled(r.object)) {
    said.delete(r.key.name)
    if (r.object) await bindApproved(r.client, r.object, r.signal)
    return undefined
  }
  let request: CertificateSigningRequest | undefined = r.object
  for (let look = 0; request !== undefined && look < looks; look++) {
    r.signal.throwIfAborted()
    const facts = await gather(deps, request, r)
    const verdict = judge(facts)
    if (verdict.verdict !== 'approve') return tell(deps, said, r, facts, verdict)
    try {
      if (await approve(r.client, request, verdict, r.signal)) {
        tellApproval(deps, r, facts, verdict)
        return undefined
      }
    } catch (error) {
      // Gone, or written by somebody else; the store may be behind.
      if (!isConflict(error) && !isNotFound(error)) throw error
      request = await r.client.get(CertificateSigningRequests, r.key, r.signal)
    }
  }
  return request === undefined ? undefined : { after: 1_000 }
}

const gather = async (deps: CertificateDeps, request: CertificateSigningRequest, r: Reconciling): Promise<RequestFacts> => {
  const requestor = requestorOf(request)
  const token = requestor?.kind === 'token' ? await tokenWithId(r.client, requestor.id, r.signal) : undefined
  const name = requestor?.kind === 'node' ? requestor.name : token?.nodeName
  const node = name === undefined ? undefined : await r.client.get(Nodes, { name }, r.signal)
  const serves = requestor?.kind === 'node' && requestor.wants === 'serving'
  const machine = node && serves ? await ifReachable(() => deps.machineOf(node)) : undefined
  const dictated = node && token && deps.isNamedByCloud(node) ? await dictatedTo(deps, node, r) : undefined
  return { request, now: r.runtime.clock.now(), controller: deps.controller, token, node, machine, dictated }
}

const dictatedTo = async ({ machineOf, machinesNamed }: CertificateDeps, node: Node, r: Reconciling): Promise<Dictated> => {
  const machine = await ifReachable(() => machineOf(node))
  const name = machine?.nodeName
  if (machine === undefined || name === undefined) return { machine, others: 0, namesake: undefined }
  const named = (await ifReachable(() => machinesNamed(node, name))) ?? []
  const namesake = await r.client.get(Nodes, { name }, r.signal)
  return { machine, others: named.filter(({ id }) => id !== machine.id).length, namesake }
}

/** An account that can't be reached says nothing: the request waits until it can. */
const ifReachable = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await ask()
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    return undefined
  }
}

/** The claim that a request is about, if it is certain which: who shows another's token must not write into its events. */
const claimOf = ({ node, token }: RequestFacts): Node | undefined =>
  token === undefined || token.claim === node?.metadata?.uid ? node : undefined

const tellApproval = (
  { context }: CertificateDeps,
  r: Reconciling,
  facts: RequestFacts,
  { message, reason }: Extract<Verdict, { readonly verdict: 'approve' }>,
): void => {
  const signer = facts.request.spec.signerName
  r.event('Normal', 'CertificateApproved', `${reason}: ${message}`)
  r.log('info', 'certificate request approved', { request: r.key.name, node: facts.node && nameOf(facts.node), signer, reason })
  context.metrics
    .counter('kube_node_certificates_approved_total', 'Certificate requests of kubelets that were approved', ['signer', 'reason'])
    .add(1, { signer, reason })
}

const tell = (
  { context }: CertificateDeps,
  said: Map<string, string>,
  r: Reconciling,
  facts: RequestFacts,
  verdict: Exclude<Verdict, { readonly verdict: 'approve' }>,
): Result => {
  if (verdict.verdict === 'not ours') return undefined
  const { reason } = verdict
  const afterMs = againMs[reason]
  const result = afterMs === undefined ? undefined : { after: afterMs }
  if (said.get(r.key.name) === reason) return result
  said.set(r.key.name, reason)
  const signer = facts.request.spec.signerName
  const refused = verdict.verdict === 'refuse'
  const [type, event] = refused ? (['Warning', 'CertificateRefused'] as const) : (['Normal', 'CertificateWaits'] as const)
  const message = `${reason}: ${verdict.message}`
  r.event(type, event, message)
  const claim = claimOf(facts)
  if (claim) context.event(claim, type, event, `certificate request ${r.key.name}: ${message}`)
  r.log(refused ? 'warn' : 'info', refused ? 'certificate request not approved' : 'certificate request waits', {
    request: r.key.name,
    signer,
    why: message,
    ...(afterMs === undefined ? {} : { next: describeMs(afterMs) }),
  })
  if (refused)
    context.metrics
      .counter('kube_node_certificates_refused_total', 'Certificate requests of kubelets that were not approved', ['signer', 'reason'])
      .add(1, { signer, reason })
  return result
}
