import { type Node, type Problem, labels, nameOf } from '../api/index.ts'
import { problemText, renderDocument } from '../bootstrap/index.ts'
import { type MachineRecord, claimOf } from '../claim/index.ts'
import { type BootstrapToken, type TokenOwner, createToken, dropToken, extendToken, newTokenSecret, readToken } from '../identity/index.ts'
import type { Connection } from '../inventory/index.ts'
import { ProviderError } from '../provider/index.ts'
import type { NodeFacts } from './facts.ts'
import type { Life } from './life.ts'
import { tokenOf } from './request.ts'

/** What an attempt with a token has to send: its document, or word that it is lost and that another attempt must begin. */
export type Kept = { readonly kind: 'kept'; readonly token: BootstrapToken } | { readonly kind: 'lost' }

/** A token outlives what it is for by this much. */
const slackMs = 600_000

export const ownerOf = (node: Node, record: MachineRecord): TokenOwner => ({
  claim: claimOf(node),
  nodeName: nameOf(node),
  attempt: record.attempt,
  ...(record.recovery && { recovery: record.recovery.number }),
})

/**
 * The document that this attempt sends. It is rendered once, and kept with the token before the first create: a retry, also by a
 * later life, sends the same to the last byte. The token will live until a machine that is made now has had its time to join.
 * @throws ProviderError `InvalidConfig`, outcome none, that says what is wrong with the bootstrap and where.
 */
export const keepDocument = async (
  life: Life,
  { node, offer, timeouts }: NodeFacts,
  record: MachineRecord,
  { provider, createTimeoutMs }: Connection,
): Promise<Kept> => {
  const { client, runtime, signal } = life.context
  const claim = claimOf(node)
  const id = record.token ?? ''
  const until = runtime.clock.now() + timeouts.provisionMs + timeouts.joinMs
  const known = life.flights.documentOf(claim)
  if (known) {
    // After a stockout of hours it may be about to expire; tries in a row do not extend it each time.
    const needed = runtime.clock.now() + createTimeoutMs + timeouts.joinMs
    if (known.expiresAt < needed) await extendDocument(life, node, record, until)
    const token = life.flights.documentOf(claim)
    return token ? { kind: 'kept', token } : { kind: 'lost' }
  }
  if (offer.problem) throw new ProviderError('InvalidConfig', offer.problem.message, { outcome: 'none' })
  const spec = offer.nodeClass.spec.bootstrap ?? {}
  const inputs = await life.inputs.read(spec)
  const refused = (problems: readonly Problem[]): ProviderError => {
    life.inputs.refused(nameOf(offer.nodeClass), spec, inputs)
    return new ProviderError('InvalidConfig', problemText(problems), { outcome: 'none' })
  }
  if (!inputs.contents.ok) throw refused(inputs.contents.problems)
  const secret = newTokenSecret(runtime)
  const document = renderDocument(
    provider.definition,
    {
      spec,
      node: { name: nameOf(node), labels: node.metadata?.labels ?? {} },
      class: { name: node.metadata?.labels?.[labels.class] ?? '', config: record.config ?? {} },
      cluster: inputs.cluster,
      token: { id, secret },
      contents: inputs.contents.value,
      ...(provider.definition.bootstrap === 'steps' && {
        steps: { attempt: tokenOf(node, record), rejoins: record.recovery !== undefined },
      }),
    },
    // What was done for the first join is done again: nobody knows what is left of it.
    record.recovery ? `${tokenOf(node, record)} ${id}` : tokenOf(node, record),
  )
  if (!document.ok) throw refused(document.problems)
  const owner = ownerOf(node, record)
  const joins = spec.type ?? 'none'
  const created = await createToken(
    client,
    { ...owner, id, secret, controller: record.controller, document: document.value, expiresAt: until + slackMs, joins },
    signal,
  )
  if (created.kind === 'made' || created.kind === 'found') {
    life.flights.keep(claim, created.token)
    return { kind: 'kept', token: created.token }
  }
  life.flights.documentLost(claim)
  return { kind: 'lost' }
}

/**
 * For a claim that an earlier life may have sent, or whose machine is there though this one has sent nothing, as after a restore: what was
 * kept is read before anything is decided.
 */
export const recallDocument = async (life: Life, node: Node, record: MachineRecord): Promise<void> => {
  const claim = claimOf(node)
  const flight = life.flights.of(claim)
  const isAnothers = flight.inherited || (record.id !== undefined && !flight.sent)
  if (record.token === undefined || !isAnothers || flight.document !== undefined) return
  const { client, signal } = life.context
  const found = await readToken(client, record.token, ownerOf(node, record), signal)
  if (found.kind === 'found') life.flights.keep(claim, found.token)
  else life.flights.documentLost(claim)
}

/**
 * The same for a recovery that another life has begun. One without a token is over: whether nobody had made it yet, or somebody has traded
 * it and it was deleted since, is not known, and a recovery lets one key in.
 */
export const recallRecovery = async (life: Life, node: Node, record: MachineRecord): Promise<void> => {
  const claim = claimOf(node)
  if (record.token === undefined || life.flights.of(claim).recovery === record.token) return
  const { client, signal } = life.context
  const found = await readToken(client, record.token, ownerOf(node, record), signal)
  life.flights.recovering(claim, record.token)
  if (found.kind === 'found') life.flights.keep(claim, found.token)
  else life.flights.documentLost(claim)
}

/**
 * Lets the token live until a machine that boots has had its time to join. One that is gone can't: its machine is replaced in time.
 * Read anew: the approver of certificates writes on it too.
 */
export const extendDocument = async (life: Life, node: Node, record: MachineRecord, until: number): Promise<void> => {
  const claim = claimOf(node)
  const { client, signal } = life.context
  const found = await readToken(client, record.token ?? '', ownerOf(node, record), signal)
  const token = found.token && (await extendToken(client, found.token, until + slackMs, signal))
  if (token) life.flights.keep(claim, token)
  else life.flights.documentLost(claim)
}

/** The end of an attempt's token: nobody may join by it any more. Harmless when it is gone already. */
export const dropDocument = async (life: Life, node: Node, record: MachineRecord | undefined): Promise<void> => {
  if (record?.token === undefined) return
  await dropToken(life.context.client, record.token, ownerOf(node, record), life.context.signal)
}
