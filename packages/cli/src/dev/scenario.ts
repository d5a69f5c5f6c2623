import { hasJoined, isClaim, onePerClaim, phaseOf } from '@kube-node/core'
import { type Node, type NodeSet, NodeSets, Nodes, conditions, findCondition, nameOf } from '@kube-node/core/api'
import type { Client } from '@kube-node/core/kube'
import { type Clock, DeadlineExceeded, describeMs, withDeadline } from '@kube-node/core/runtime'
import type { SimulatedMachine } from '@kube-node/testing/cloud'
import { CommandFailed } from '../terminal/index.ts'
import { audit, findings } from './audit.ts'

export interface ScenarioOptions {
  /** A developer's way to the API server. */
  readonly client: Client
  /** The cloud's own truth, whatever the API server says. */
  readonly machines: () => readonly SimulatedMachine[]
  readonly clock: Clock
  /** A set that exists already. */
  readonly nodeSet: NodeSet
  /** The claim to make, as it stands in its file. */
  readonly node: Node
  /** For all of it. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** What has happened. Times in milliseconds. */
export interface ScenarioResult {
  /** Nodes that ran at once: the set's and the claim. */
  readonly up: number
  readonly upAfterMs: number
  /** From the deletion of the claim to the end of its machine. */
  readonly goneAfterMs: number
  /** The machine that was deleted. */
  readonly machine: string
  /** At the end: machines that no Node claims. */
  readonly leaked: number
  readonly machines: number
  readonly tookMs: number
}

/** How often is looked. */
const lookEveryMs = 100

/**
 * The main job, once: a claim is made beside a set, all of it comes up, the claim is deleted, its machine goes.
 * @throws CommandFailed when it does not come to that in time, or when machines and claims do not match one to one.
 */
export const runScenario = async (options: ScenarioOptions): Promise<ScenarioResult> => {
  const { clock, timeoutMs, signal } = options
  let waitsFor = 'nothing yet'
  try {
    return await withDeadline({ clock, ms: timeoutMs, what: 'the example', signal }, inner =>
      play({ ...options, signal: inner }, text => {
        waitsFor = text
      }),
    )
  } catch (error) {
    if (!DeadlineExceeded.is(error)) throw error
    throw new CommandFailed(`not within ${describeMs(timeoutMs)}: ${waitsFor}`, { cause: error })
  }
}

const play = async (options: ScenarioOptions, tell: (waitsFor: string) => void): Promise<ScenarioResult> => {
  const { client, machines, clock, nodeSet, signal } = options
  const started = clock.monotonic()
  const wanted = (nodeSet.spec.replicas ?? 1) + 1

  const claim = await client.create(Nodes, options.node, { signal })
  const uid = claim.metadata?.uid ?? ''

  const until = async <T>(look: () => Promise<{ readonly done: T } | { readonly waitsFor: string }>): Promise<T> => {
    for (;;) {
      const seen = await look()
      if ('done' in seen) return seen.done
      tell(seen.waitsFor)
      await clock.sleep(lookEveryMs, signal)
    }
  }

  const up = await until(async () => {
    const nodes = await claims(client, signal)
    const running = nodes.filter(node => phaseOf(node) === 'Running' && hasJoined(node))
    const available = (await client.get(NodeSets, { name: nameOf(nodeSet) }, signal))?.status?.availableReplicas ?? 0
    return running.length === wanted && nodes.length === wanted && available === wanted - 1
      ? { done: running.length }
      : { waitsFor: `${wanted} running nodes; ${describe(nodes)}; nodeset/${nameOf(nodeSet)} has ${available} available` }
  })
  const upAfterMs = clock.monotonic() - started

  const name = nameOf(claim)
  const [machine] = machines().filter(each => each.owner?.claim === uid)
  await client.delete(Nodes, { name }, { uid, signal })
  const deletedAt = clock.monotonic()
  await until(async () => {
    const left = await client.get(Nodes, { name }, signal)
    const alive = machines().filter(each => each.owner?.claim === uid && each.state !== 'gone')
    if (alive.length > 0) return { waitsFor: `the end of machine ${alive.map(each => `${each.id} (${each.state})`).join(', ')}` }
    return left?.metadata?.uid === uid ? { waitsFor: `the end of ${describe([left])}` } : { done: true }
  })
  const goneAfterMs = clock.monotonic() - deletedAt

  const found = audit(await claims(client, signal), machines())
  const wrong = findings(found, wanted)
  if (wrong.length > 0) throw new CommandFailed(wrong.join('; '))
  return {
    up,
    upAfterMs,
    goneAfterMs,
    machine: machine?.id ?? '',
    leaked: found.leaked.length,
    machines: found.alive,
    tookMs: clock.monotonic() - started,
  }
}

const claims = async (client: Client, signal: AbortSignal): Promise<readonly Node[]> => {
  const found: Node[] = []
  for await (const page of client.pages(Nodes, { signal })) found.push(...page.filter(isClaim))
  return onePerClaim(found)
}

const describe = (nodes: readonly Node[]): string =>
  nodes.length === 0
    ? 'there are none'
    : nodes
        .map(node => {
          const why = findCondition(node.status?.conditions, conditions.machineProvisioned)
          return `${nameOf(node)} is ${phaseOf(node)}${why?.status === 'False' ? ` (${why.reason ?? ''}: ${why.message ?? ''})` : ''}`
        })
        .join(', ')
