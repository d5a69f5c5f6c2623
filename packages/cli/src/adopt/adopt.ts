import { type Node, Leases, NodeClasses, Nodes, annotations, defaultController, labels } from '@kube-node/core/api'
import { type Client, isConflict } from '@kube-node/core/kube'
import { DeadlineExceeded, type Duration, describeMs, durationMs, withDeadline } from '@kube-node/core/runtime'
import { type TalkOptions, finder, listUnlessForbidden, talk } from '../cluster/index.ts'
import { describeController } from '../describe/index.ts'
import { parseTarget } from '../status/index.ts'
import { CommandFailed, type Host } from '../terminal/index.ts'
import { adoptionOutcome } from './outcome.ts'
import { whyNotAdopted } from './refusal.ts'

export interface AdoptOptions extends TalkOptions {
  readonly class: string
  /** Let the API server judge it, admission policies included, and change nothing. */
  readonly dryRun?: boolean
  /** Until the controller has adopted it, or said why not. */
  readonly wait?: boolean
  readonly timeout: Duration
  /** Where the controllers' Leases are. */
  readonly namespace: string
}

/** Kubelets write their Nodes too: what was judged may be old by the time that it is written. */
const looks = 5
const lookEveryMs = 500

/**
 * Puts a Node that runs already under a class. The controller does the rest.
 * @throws CommandFailed when something is against it: found by us, by the API server, or, with `wait`, by the controller.
 */
export const adopt = async (host: Host, what: string, name: string | undefined, options: AdoptOptions): Promise<void> => {
  const target = parseTarget(what, name)
  if (target.sort !== 'nodes' || target.name === undefined)
    throw new CommandFailed('only a Node can be adopted: write node/NAME', { exitCode: 2 })
  const node = target.name
  await talk(host, options, async ({ client }) => {
    const before = await ask(host, client, node, options)
    if (options.dryRun) return void host.stdout.write(`node/${node} can be adopted by NodeClass ${options.class} (dry run)\n`)
    host.stdout.write(`node/${node} is to be adopted by NodeClass ${options.class}\n`)
    await warnOfSilence(host, client, options)
    if (options.wait) await untilAdopted(host, client, before, node, options)
  })
}

/** @returns the Node as it was judged. */
const ask = async (host: Host, client: Client, name: string, options: AdoptOptions): Promise<Node> => {
  const { signal } = host
  const className = options.class
  for (let look = 1; ; look++) {
    const node = await client.get(Nodes, { name }, signal)
    if (!node) throw new CommandFailed(`there is no Node "${name}"`)
    const found = await finder(client, signal)(NodeClasses, { name: className })
    const reason = whyNotAdopted({ node, className, nodeClass: found === 'forbidden' ? undefined : found })
    if (reason !== undefined) throw new CommandFailed(reason)
    const { uid = '', resourceVersion = '' } = node.metadata ?? {}
    const merge = { metadata: { labels: { [labels.class]: className }, annotations: { [annotations.adopt]: className } } }
    try {
      await client.patch(Nodes, { name }, { merge }, { on: { uid, resourceVersion }, dryRun: options.dryRun === true, signal })
      return node
    } catch (error) {
      if (!isConflict(error) || look === looks) throw error
    }
  }
}

const warnOfSilence = async (host: Host, client: Client, options: AdoptOptions): Promise<void> => {
  const leases = await listUnlessForbidden(client, host.signal)(Leases, { namespace: options.namespace })
  const nodeClass = await finder(client, host.signal)(NodeClasses, { name: options.class })
  const controller = typeof nodeClass === 'string' ? defaultController : (nodeClass.spec.controller ?? defaultController)
  const { why, next } = describeController(controller, leases, options.namespace, host.runtime.clock.now())
  if (why !== '') host.stderr.write(`${why}; ${next}\n`)
}

const untilAdopted = async (host: Host, client: Client, before: Node, name: string, { timeout }: AdoptOptions): Promise<void> => {
  const { clock } = host.runtime
  const ms = durationMs(timeout)
  let told = 'no controller has said anything'
  const back = `to take it back: kubectl annotate node ${name} ${annotations.adopt}- && kubectl label node ${name} ${labels.class}-`
  try {
    await withDeadline({ clock, ms, what: 'the adoption', signal: host.signal }, async signal => {
      for (;;) {
        const outcome = adoptionOutcome(await client.get(Nodes, { name }, signal), before)
        if (outcome.kind === 'adopted') {
          const { id, provider } = outcome.record
          host.stdout.write(`node/${name} adopted: machine ${id ?? 'unknown'} at ${provider}\n`)
          return
        }
        if (outcome.kind === 'refused') throw new CommandFailed(`${outcome.why}; ${back}`)
        if (outcome.kind === 'gone') throw new CommandFailed(`Node "${name}" was deleted meanwhile`)
        told = outcome.told ?? told
        await clock.sleep(lookEveryMs, signal)
      }
    })
  } catch (error) {
    if (!DeadlineExceeded.is(error)) throw error
    throw new CommandFailed(`not adopted within ${describeMs(ms)}: ${told}; ${back}`, { cause: error })
  }
}
