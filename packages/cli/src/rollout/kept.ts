import { type KeptRevision, readHistory } from '@kube-node/core'
import { ControllerRevisions, NodeClasses, type NodeSet, NodeSets, classNamesOfSet, labels, nameOf } from '@kube-node/core/api'
import { type Client, isNotFound } from '@kube-node/core/kube'
import { finder, listUnlessForbidden, missingKinds } from '../cluster/index.ts'
import { parseTarget } from '../status/index.ts'
import { CommandFailed } from '../terminal/index.ts'
import type { Classes } from './content.ts'

/** The name in `nodeset/NAME`. @throws CommandFailed (2) for anything else. */
export const setNameOf = (what: string, name: string | undefined): string => {
  const target = parseTarget(what, name)
  if (target.sort !== 'nodeSets' || target.name === undefined)
    throw new CommandFailed('only a NodeSet is rolled out: write nodeset/NAME', { exitCode: 2 })
  return target.name
}

/** @throws CommandFailed when there is no such set, or no such kind. */
export const readSet = async (client: Client, name: string, signal: AbortSignal): Promise<NodeSet> => {
  const set = await client.get(NodeSets, { name }, signal).catch((error: unknown) => {
    throw isNotFound(error) ? new CommandFailed(missingKinds([NodeSets]), { cause: error }) : error
  })
  if (!set) throw new CommandFailed(`there is no NodeSet "${name}"`)
  return set
}

/** @throws CommandFailed where they may not be read. */
export const readClasses = async (client: Client, names: readonly string[], signal: AbortSignal): Promise<Classes> => {
  const find = finder(client, signal)
  const found = await Promise.all([...new Set(names)].map(name => find(NodeClasses, { name })))
  if (found.includes('forbidden')) throw new CommandFailed('this identity may not read nodeclasses: grant it the verb get on them')
  return new Map(found.flatMap(one => (typeof one === 'string' ? [] : [[nameOf(one), one] as const])))
}

/** Its classes now, and those of the revisions that it may go back to. */
export const classNamesOfAll = (set: NodeSet, history: readonly KeptRevision[]): readonly string[] => [
  ...classNamesOfSet(set),
  ...history.flatMap(({ content }) => content.classes.map(({ name }) => name)),
]

/**
 * The revisions that the controller has kept of the set, the oldest first.
 * @param namespace the controller's.
 * @throws CommandFailed where they may not be read.
 */
export const readKept = async (client: Client, set: NodeSet, namespace: string, signal: AbortSignal): Promise<readonly KeptRevision[]> => {
  const list = listUnlessForbidden(client, signal)
  const objects = await list(ControllerRevisions, { namespace, labels: `${labels.nodeset}=${nameOf(set)}` })
  if (!objects) {
    throw new CommandFailed(
      `this identity may not list controllerrevisions in namespace ${namespace}, where the revisions are: ` +
        'grant it the verbs get and list on them (the role "view" of every cluster has them)',
    )
  }
  return readHistory(set, objects)
}

/** For an answer without one. */
export const nothingKept = (name: string, namespace: string): string =>
  `no revision of NodeSet "${name}" is kept in namespace ${namespace}: ` +
  'its controller keeps them once the classes of the set are ready (--namespace names that of another controller)'

/** @throws CommandFailed that says which there are. */
export const revisionNumbered = (history: readonly KeptRevision[], number: number, set: string): KeptRevision => {
  const found = history.find(revision => revision.number === number)
  if (found) return found
  const numbers = history.map(revision => revision.number).join(', ')
  throw new CommandFailed(`NodeSet "${set}" has no revision ${number}: ${numbers === '' ? 'none is kept' : `there are ${numbers}`}`)
}
