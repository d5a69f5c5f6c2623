import { Nodes, labels } from '@kube-node/core/api'
import type { KeptRevision } from '@kube-node/core'
import { stringify } from 'yaml'
import { type TalkOptions, listUnlessForbidden, talk } from '../../cluster/index.ts'
import { ageSince } from '../../describe/index.ts'
import { type Column, tableLines } from '../../display/index.ts'
import { CommandFailed, type Host } from '../../terminal/index.ts'
import { type Change, wordsOfChange } from '../changes.ts'
import { classNamesOfAll, nothingKept, readClasses, readKept, readSet, revisionNumbered, setNameOf } from '../kept.ts'
import { halfUndone, intentOf } from '../undo/index.ts'
import { type History, type RevisionRow, historyOf } from './rows.ts'

export interface HistoryOptions extends TalkOptions {
  /** Prints the content of that one. */
  readonly revision?: number
  readonly output?: 'json' | 'yaml'
  /** Where the controller keeps them. */
  readonly namespace: string
}

/**
 * Prints the revisions of a set: what each changed, and how many nodes have it; or the content of one.
 * @throws CommandFailed for a set or a revision that there is not, and for what may not be read.
 */
export const history = async (host: Host, what: string, name: string | undefined, options: HistoryOptions): Promise<void> => {
  const asked = setNameOf(what, name)
  await talk(host, options, async ({ client }) => {
    const { signal } = host
    const set = await readSet(client, asked, signal)
    const kept = await readKept(client, set, options.namespace, signal)
    if (options.revision !== undefined) {
      host.stdout.write(formatted(contentOf(asked, revisionNumbered(kept, options.revision, asked)), options.output ?? 'yaml'))
      return
    }
    if (kept.length === 0) throw new CommandFailed(nothingKept(asked, options.namespace))
    const classes = await readClasses(client, classNamesOfAll(set, kept), signal)
    const nodes = await listUnlessForbidden(client, signal)(Nodes, { labels: `${labels.nodeset}=${asked}` })
    if (!nodes) throw new CommandFailed('this identity may not list nodes: grant it the verb list on them')
    const told = historyOf({ set, classes, history: kept, nodes })
    if (options.output !== undefined) host.stdout.write(formatted(told, options.output))
    else host.stdout.write(`${lines(told, host.runtime.clock.now()).join('\n')}\n`)
    if (intentOf(set) !== undefined) host.stderr.write(`${halfUndone(asked)}\n`)
  })
}

/** As it was written by people; Secrets are named in it, and never read. */
const contentOf = (set: string, { number, name, content }: KeptRevision): object => ({
  nodeSet: set,
  revision: number,
  name,
  classes: content.classes.map(({ revision, ...one }) => ({ ...one, nodesCarry: `${labels.revision}=${revision}` })),
  template: content.template,
})

const formatted = (value: object, output: 'json' | 'yaml'): string =>
  output === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : stringify(value, { lineWidth: 0 })

const lines = ({ revisions, otherNodes }: History, now: number): readonly string[] => [
  ...tableLines(columns(now), revisions, { width: Infinity, paintHeader: text => text }),
  ...(otherNodes > 0 ? ['', `${otherNodes} ${otherNodes === 1 ? 'node is' : 'nodes are'} of a revision that is not kept`] : []),
]

const columns = (now: number): readonly Column<RevisionRow>[] => [
  { title: 'REVISION', cell: row => `${row.revision}${row.current ? '*' : ''}`, align: 'right' },
  { title: 'NODES', cell: row => String(row.nodes), align: 'right' },
  { title: 'AGE', cell: row => ageSince(row.createdAt, now), align: 'right' },
  { title: 'CHANGE', cell: ({ changes }) => (changes ? changes.map(told).join('; ') : '(the oldest that is kept)') },
]

const told = (change: Change): string => `${change.object === 'nodeset' ? '' : `${change.object} `}${wordsOfChange(change)}`
