import { isDeepStrictEqual } from 'node:util'
import type { RevisionContent, RevisionOfClass } from '@kube-node/core'
import { type NodeClass, type NodeSet, annotations, classNamesOfSet, nameOf } from '@kube-node/core/api'
import { type Change, classChanges, setChanges } from '../changes.ts'
import { isSame } from '../content.ts'
import type { Intent } from './intent.ts'

/** One write of an undo: a whole object in the state that was read, because what was added since must go, which no merge can say. */
export type UndoWrite =
  | { readonly kind: 'set'; readonly next: NodeSet; readonly changes: readonly Change[] }
  | { readonly kind: 'class'; readonly next: NodeClass; readonly changes: readonly Change[] }

/** Brings a class to what it was; undefined where it is that already. */
export const classWrite = (nodeClass: NodeClass, to: RevisionOfClass): UndoWrite | undefined => {
  const { provider, config, bootstrap, ...rest } = nodeClass.spec
  if (provider === to.provider && isSame(config, to.config) && isSame(bootstrap, to.bootstrap)) return undefined
  const spec = {
    ...rest,
    provider: to.provider,
    ...(to.config && { config: to.config }),
    ...(to.bootstrap && { bootstrap: to.bootstrap }),
  }
  return { kind: 'class', next: { ...nodeClass, spec }, changes: classChanges(nodeClass.spec, to) }
}

/** Brings what the set itself says to what it was; undefined where it is that already. */
export const setWrite = (set: NodeSet, to: RevisionContent): UndoWrite | undefined => {
  const { nodeClassName, nodeClassNames, template, ...rest } = set.spec
  const { config, restartedAt, ...inPlace } = template ?? {}
  const [from, names] = [classNamesOfSet(set), to.classes.map(({ name }) => name)]
  const isOfThem = isDeepStrictEqual(from, names)
  if (isOfThem && isSame(config, to.template.config) && restartedAt === to.template.restartedAt) return undefined
  const [only, ...others] = names
  const single = only !== undefined && others.length === 0 && nodeClassNames === undefined
  const next = {
    ...rest,
    ...(single ? { nodeClassName: only } : { nodeClassNames: names }),
    template: { ...inPlace, ...to.template },
  }
  const renamed: readonly Change[] = isOfThem ? [] : [{ object: 'nodeset', path: 'classes', from, to: names }]
  return { kind: 'set', next: { ...set, spec: next }, changes: [...renamed, ...setChanges(template ?? {}, to.template)] }
}

/** That write, or one of its own, which makes the set rest too and remember where it goes. */
export const begun = (set: NodeSet, write: UndoWrite | undefined, intent: Intent): UndoWrite => {
  const next = write?.kind === 'set' ? write.next : set
  const notes = { ...next.metadata?.annotations, [annotations.undo]: JSON.stringify(intent) }
  const metadata = { ...next.metadata, annotations: notes }
  return { kind: 'set', next: { ...next, metadata, spec: { ...next.spec, paused: true } }, changes: write?.changes ?? [] }
}

/** The last write of several: the set goes on. */
export const ended = (set: NodeSet, { paused }: Intent): UndoWrite => {
  const { [annotations.undo]: _undo, ...notes } = set.metadata?.annotations ?? {}
  const metadata = { ...set.metadata, annotations: notes }
  return { kind: 'set', next: { ...set, metadata, spec: { ...set.spec, paused } }, changes: [] }
}

export const objectOf = ({ kind, next }: UndoWrite): string => `${kind === 'set' ? 'nodeset' : 'nodeclass'}/${nameOf(next)}`
