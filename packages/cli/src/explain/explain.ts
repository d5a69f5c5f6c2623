import { Events, Leases, NodeClasses, NodeSets, Nodes, nameOf } from '@kube-node/core/api'
import type { Client } from '@kube-node/core/kube'
import { stringify } from 'yaml'
import { type TalkOptions, listUnlessForbidden, talk } from '../cluster/index.ts'
import { kinds, parseTarget, select } from '../status/index.ts'
import { CommandFailed, type Host, screenOf } from '../terminal/index.ts'
import { eventFacts, explainNode } from './chain.ts'
import { eventNamespace, gatherNode } from './gather.ts'
import { type Entry, nodeEntries, pageLines } from './page.ts'
import { type PlainExplanation, plainEntries } from './plain.ts'

export interface ExplainOptions extends TalkOptions {
  readonly output?: 'json' | 'yaml'
  /** Where the controllers' Leases are. */
  readonly namespace: string
  /** Modules of providers to ask. */
  readonly provider?: readonly string[]
}

/**
 * Prints all that there is to know of one thing, on one page.
 * @throws CommandFailed for a name that there is not, for a module that can't be loaded, and for what the API server refuses.
 */
export const explain = async (host: Host, what: string, name: string | undefined, options: ExplainOptions): Promise<void> => {
  const { sort, name: named } = parseTarget(what, name)
  if (sort === undefined || named === undefined) {
    throw new CommandFailed(`write which one: ${what.replace(/s$/, '')}/NAME`, { exitCode: 2 })
  }
  if (sort !== 'nodes' && options.provider)
    throw new CommandFailed('--provider is for nodes: it asks for the machine of one', { exitCode: 2 })
  const write = (explained: object, entries: (now: number, width: number) => readonly Entry[]): void => {
    const width = screenOf(host.stdout, host.env)?.columns ?? Infinity
    const now = host.runtime.clock.now()
    if (options.output === 'json') host.stdout.write(`${JSON.stringify(explained, undefined, 2)}\n`)
    else if (options.output === 'yaml') host.stdout.write(stringify(explained, { lineWidth: 0 }))
    else host.stdout.write(`${pageLines(entries(now, width), width).join('\n')}\n`)
  }
  await talk(host, options, async ({ client }) => {
    if (sort === 'nodes') {
      const chain = await gatherNode(host, client, named, options)
      const explained = explainNode(chain, host.runtime.clock.now())
      return write(explained, (now, width) => nodeEntries(explained, now, width))
    }
    const explained = await gatherPlain(host, client, { sort, name: named }, options.namespace)
    return write(explained, (now, width) => plainEntries(explained, now, width))
  })
}

/** A set or a class, with its nodes. @throws CommandFailed when there is no such thing. */
const gatherPlain = async (
  host: Host,
  client: Client,
  { sort, name }: { readonly sort: 'nodeSets' | 'classes'; readonly name: string },
  namespace: string,
): Promise<PlainExplanation> => {
  const list = listUnlessForbidden(client, host.signal)
  const kind = kinds[sort]
  const [nodes, classes, sets, leases, events] = await Promise.all([
    list(Nodes),
    list(NodeClasses),
    list(NodeSets),
    list(Leases, { namespace }),
    list(Events, { namespace: eventNamespace, fields: `involvedObject.kind=${kind},involvedObject.name=${name}` }),
  ])
  const object = (sort === 'classes' ? classes : sets)?.find(candidate => nameOf(candidate) === name)
  if (!object) throw new CommandFailed(`there is no ${kind} "${name}"`)
  const snapshot = { nodes: nodes ?? [], classes, sets, leases, namespace }
  const now = host.runtime.clock.now()
  const view = select(snapshot, { sort, name }, now)
  const all = select(snapshot, { sort: 'nodes' }, now).nodes
  const told = events && eventFacts(events.filter(({ involvedObject }) => involvedObject?.uid === object.metadata?.uid))
  return {
    ...(view.nodeSets[0] && { nodeSet: view.nodeSets[0] }),
    ...(view.classes[0] && { class: view.classes[0] }),
    controllers: view.controllers,
    conditions: object.status?.conditions ?? [],
    nodes: all.filter(row => (sort === 'classes' ? row.class : row.nodeSet) === name),
    ...(told && { events: told }),
  }
}
