import { NodeClasses, NodeSets } from '@kube-node/core/api'
import { type Client, isConflict } from '@kube-node/core/kube'
import { type TalkOptions, talk } from '../../cluster/index.ts'
import { CommandFailed, type Host } from '../../terminal/index.ts'
import { warnOfSilence } from '../attended.ts'
import { wordsOfChange } from '../changes.ts'
import { classNamesOfAll, nothingKept, readClasses, readKept, readSet, revisionNumbered, setNameOf } from '../kept.ts'
import { readOthers } from './others.ts'
import { type UndoPlan, planUndo } from './plan.ts'
import { type UndoWrite, objectOf } from './writes.ts'

export interface UndoOptions extends TalkOptions {
  /** Its number. Default: the revision before. */
  readonly toRevision?: number
  /** Change classes though others use them. */
  readonly class?: boolean
  /** Let the API server judge it, and change nothing. */
  readonly dryRun?: boolean
  /** Where the controller keeps revisions and its Lease. */
  readonly namespace: string
}

type Plan = Exclude<UndoPlan, { readonly kind: 'refused' }>
type Going = Extract<UndoPlan, { readonly kind: 'goes' }>

/** The writes of an undo of as many classes as a set may have, and the times that a controller or a person was quicker. */
const looks = 24

/**
 * Takes a set back to an earlier revision: what the set says is written to the set, and what its classes said to the classes.
 * Whoever asks again after a failure in the middle finishes it.
 * @throws CommandFailed when something is against it, before anything was written.
 */
export const undo = async (host: Host, what: string, name: string | undefined, options: UndoOptions): Promise<void> => {
  const asked = setNameOf(what, name)
  await talk(host, options, async ({ client }) => {
    const first = await judged(host, client, asked, options)
    if (first.kind === 'there') {
      host.stdout.write(`nodeset/${asked} is at revision ${first.to.number} already\n`)
      return
    }
    tell(host, asked, first, options.dryRun === true)
    if (options.dryRun) return
    await carryOut(host, client, asked, first, options)
    host.stdout.write(`nodeset/${asked} rolled back to revision ${first.to.number}\n`)
    const set = await readSet(client, asked, host.signal)
    if (set.spec.paused === true) host.stderr.write(`it is paused: kube-node rollout resume nodeset/${asked} lets it roll\n`)
    await warnOfSilence(host, client, set, options.namespace)
  })
}

/** @param toName of the revision that was decided on; its number may have changed since. */
const look = async (host: Host, client: Client, name: string, options: UndoOptions, toName?: string): Promise<Plan> => {
  const { signal } = host
  const set = await readSet(client, name, signal)
  const history = await readKept(client, set, options.namespace, signal)
  if (history.length === 0) throw new CommandFailed(nothingKept(name, options.namespace))
  const numbered = options.toRevision === undefined ? undefined : revisionNumbered(history, options.toRevision, name)
  const to = toName === undefined ? numbered : history.find(revision => revision.name === toName)
  if (toName !== undefined && !to) throw new CommandFailed('the revision that it was going to is not kept any more: ask again')
  const classes = await readClasses(client, classNamesOfAll(set, history), signal)
  const othersOf = await readOthers(client, set, signal)
  const plan = planUndo({ set, classes, history, to, othersOf, shared: options.class === true })
  if (plan.kind === 'refused') throw new CommandFailed(plan.why)
  return plan
}

/** One write, and a look at what is left: another one may have changed the set or a class meanwhile. */
const carryOut = async (host: Host, client: Client, name: string, first: Going, options: UndoOptions): Promise<void> => {
  const { toRevision: _number, ...pinned } = options
  let plan: Plan = first
  for (let times = 1; plan.kind === 'goes'; times++) {
    try {
      await write(client, plan.writes[0], { signal: host.signal })
    } catch (error) {
      if (!isConflict(error) || times >= looks) throw error
    }
    plan = await look(host, client, name, pinned, first.to.name)
  }
}

/**
 * Lets the API server judge all writes before the first of several is made: rights, policies and schemas. Not the last of several,
 * which only takes back what the first one adds.
 */
const judged = async (host: Host, client: Client, name: string, options: UndoOptions): Promise<Plan> => {
  for (let times = 1; ; times++) {
    const plan = await look(host, client, name, options)
    if (plan.kind === 'there') return plan
    try {
      const { writes } = plan
      for (const one of writes.length === 1 ? writes : writes.slice(0, -1)) await write(client, one, { dryRun: true, signal: host.signal })
      return plan
    } catch (error) {
      if (!isConflict(error) || times >= looks) throw error
    }
  }
}

const write = async (
  client: Client,
  one: UndoWrite,
  options: { readonly dryRun?: boolean; readonly signal: AbortSignal },
): Promise<void> => {
  if (one.kind === 'set') await client.update(NodeSets, one.next, options)
  else await client.update(NodeClasses, one.next, options)
}

const tell = (host: Host, name: string, { to, writes }: Going, dryRun: boolean): void => {
  const lines = writes.flatMap(one => one.changes.map(change => `  ${objectOf(one)}  ${wordsOfChange(change)}\n`))
  host.stdout.write(
    `nodeset/${name} ${dryRun ? 'would go' : 'goes'} back to revision ${to.number}${dryRun ? ' (dry run)' : ''}:\n${lines.join('')}`,
  )
}
