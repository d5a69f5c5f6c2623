import { stringify } from 'yaml'
import { type TalkOptions, talk } from '../cluster/index.ts'
import { painter } from '../display/index.ts'
import { CommandFailed, type Host, hasColour, screenOf } from '../terminal/index.ts'
import { printStatus, wrapped } from './print.ts'
import { select } from './select.ts'
import { readSnapshot } from './snapshot.ts'
import { type Target, kinds, parseTarget } from './target.ts'
import type { StatusView } from './view.ts'
import { watchStatus } from './watch.ts'

export interface StatusOptions extends TalkOptions {
  readonly output?: 'json' | 'yaml' | 'wide'
  readonly watch?: boolean
  /** Where the controllers' Leases are. */
  readonly namespace: string
}

/**
 * Prints what there is, in which phase since when, and why it waits; again at each change with `watch`, until the host's signal fires.
 * @throws CommandFailed for a name that there is not, and for what the API server refuses.
 */
export const status = async (host: Host, what: string | undefined, name: string | undefined, options: StatusOptions): Promise<void> => {
  const target = parseTarget(what, name)
  await talk(host, options, async cluster => {
    const snapshot = await readSnapshot(cluster.client, options.namespace, target, host.signal)
    const { clock } = host.runtime
    const view = select(snapshot, target, clock.now())
    demand(view, target)
    if (options.watch) return watchStatus({ host, cluster, target, first: snapshot, output: options.output })
    host.stdout.write(formatted(host, view, target, options))
    const silent = view.controllers.filter(({ why }) => why !== '')
    if (target.sort === undefined || target.name !== undefined || structured(options.output)) return
    for (const { why, next } of silent) host.stderr.write(`${why}; ${next}\n`)
  })
}

const structured = (output: StatusOptions['output']): output is 'json' | 'yaml' => output === 'json' || output === 'yaml'

/** @throws CommandFailed when there is nothing of the name that was asked for. */
const demand = (view: StatusView, { sort, name }: Target): void => {
  if (sort === undefined || name === undefined || view[sort].length > 0) return
  throw new CommandFailed(`there is no ${kinds[sort]} "${name}"`)
}

const formatted = (host: Host, view: StatusView, target: Target, { output }: StatusOptions): string => {
  if (output === 'json') return `${JSON.stringify(view, undefined, 2)}\n`
  if (output === 'yaml') return stringify(view, { lineWidth: 0 })
  const screen = screenOf(host.stdout, host.env)
  const paint = painter(hasColour(host.stdout, host.env))
  const style = { wide: output === 'wide', paint, now: host.runtime.clock.now(), width: screen?.columns }
  const lines = [...printStatus(view, target, style), ...(target.name === undefined ? [] : nextLines(view, screen?.columns ?? Infinity))]
  if (isEmpty(view, target)) return `${nothingYet(target)}\n`
  return `${lines.join('\n')}\n`
}

/** Of the one thing that was asked about: what comes next. */
const nextLines = (view: StatusView, width: number): readonly string[] => {
  const [row] = [...view.nodes, ...view.nodeSets, ...view.classes]
  if (!row || row.next === '') return []
  return ['', ...wrapped(`next: ${row.next}`, width)]
}

const isEmpty = ({ nodes, nodeSets, classes }: StatusView, { sort }: Target): boolean =>
  sort !== undefined && nodes.length + nodeSets.length + classes.length === 0

const nothingYet = ({ sort }: Target): string =>
  sort === 'nodes'
    ? 'there are no claims: a Node is one when its label kube-node.dev/class names a class'
    : `there are no ${sort === 'classes' ? 'NodeClasses' : 'NodeSets'}`
