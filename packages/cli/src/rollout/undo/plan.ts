import { type KeptRevision, isDeleting } from '@kube-node/core'
import { type NodeSet, nameOf } from '@kube-node/core/api'
import { type Classes, contentNow, makesTheSame } from '../content.ts'
import { type Intent, intentOf } from './intent.ts'
import { type UndoWrite, begun, classWrite, ended, setWrite } from './writes.ts'

/** All that an undo rests on. */
export interface UndoFacts {
  readonly set: NodeSet
  /** Those of the set, and of its revisions. */
  readonly classes: Classes
  /** The oldest first. */
  readonly history: readonly KeptRevision[]
  /** Where to go. Default: where an undo that is half done goes, else the newest revision that is not what the set is now. */
  readonly to: KeptRevision | undefined
  /** `nodeset/NAME` and `node/NAME` of all others that use a class; undefined where that may not be read. */
  readonly othersOf: (className: string) => readonly string[] | undefined
  /** Change classes though others use them. */
  readonly shared: boolean
}

export type UndoPlan =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'there'; readonly to: KeptRevision }
  /** The writes, in their order. After each the plan is made again: what is left of it is what this one had after its first. */
  | { readonly kind: 'goes'; readonly to: KeptRevision; readonly writes: readonly [UndoWrite, ...UndoWrite[]] }

/**
 * How a set goes back. Pure. One write is one write. Of several the first makes the set rest, so that nodes are never replaced by
 * what is half this and half that, and says on it where it goes; the last one lets it go on.
 */
export const planUndo = (facts: UndoFacts): UndoPlan => {
  const { set, classes } = facts
  if (isDeleting(set)) return refused(`NodeSet "${nameOf(set)}" is being deleted`)
  const begunAs = intentOf(set)
  const to = facts.to ?? targetOf(facts, begunAs)
  if (typeof to === 'string') return refused(to)
  const impossible = whyImpossible(facts, to)
  if (impossible !== undefined) return refused(impossible)

  const now = contentNow(set, classes)
  const rest = now && makesTheSame(now, to.content) ? [] : partsOf(set, classes, to)
  const shared = rest.flatMap(write => (facts.shared ? [] : (whyShared(write, to, facts) ?? [])))
  if (shared.length > 0) return refused(shared.join('; '))

  const [first, ...others] = begunAs === undefined && rest.length < 2 ? rest : severalOf(set, rest, begunAs, to)
  return first ? { kind: 'goes', to, writes: [first, ...others] } : { kind: 'there', to }
}

const refused = (why: string): UndoPlan => ({ kind: 'refused', why })

const targetOf = ({ set, classes, history }: UndoFacts, intent: Intent | 'unreadable' | undefined): KeptRevision | string => {
  if (intent !== undefined) {
    const begunTo = intent === 'unreadable' ? undefined : history.find(({ name }) => name === intent.to)
    return begunTo ?? 'an undo was begun, and the revision that it goes to is not kept any more: choose one with --to-revision'
  }
  const now = contentNow(set, classes)
  const other = history.findLast(({ content }) => !now || !makesTheSame(now, content))
  return other ?? `NodeSet "${nameOf(set)}" has no other revision to go back to`
}

const whyImpossible = ({ set, classes }: UndoFacts, { number, content }: KeptRevision): string | undefined => {
  for (const { name } of content.classes) {
    const nodeClass = classes.get(name)
    const what = !nodeClass ? 'does not exist any more' : isDeleting(nodeClass) ? 'is being deleted' : undefined
    if (what !== undefined)
      return `NodeClass "${name}" of revision ${number} ${what}: create it again (${shownBy(set, number)} shows what it was)`
  }
  return undefined
}

const partsOf = (set: NodeSet, classes: Classes, { content }: KeptRevision): readonly UndoWrite[] => {
  const ofClasses = content.classes.flatMap(one => {
    const nodeClass = classes.get(one.name)
    return (nodeClass && classWrite(nodeClass, one)) ?? []
  })
  return [...[setWrite(set, content) ?? []].flat(), ...ofClasses]
}

const severalOf = (
  set: NodeSet,
  parts: readonly UndoWrite[],
  begunAs: Intent | 'unreadable' | undefined,
  to: KeptRevision,
): readonly UndoWrite[] => {
  const paused = typeof begunAs === 'object' ? begunAs.paused : set.spec.paused === true
  const intent: Intent = { to: to.name, paused }
  const ofSet = parts.find(({ kind }) => kind === 'set')
  const ofClasses = parts.filter(({ kind }) => kind === 'class')
  const isBegun = typeof begunAs === 'object' && begunAs.to === to.name && set.spec.paused === true && !ofSet
  return [...(isBegun || parts.length === 0 ? [] : [begun(set, ofSet, intent)]), ...ofClasses, ended(set, intent)]
}

const shownBy = (set: NodeSet, number: number): string => `kube-node rollout history nodeset/${nameOf(set)} --revision ${number}`

const most = 5

const whyShared = (write: UndoWrite, { number }: KeptRevision, { set, othersOf }: UndoFacts): string | undefined => {
  if (write.kind !== 'class') return undefined
  const name = nameOf(write.next)
  const others = othersOf(name)
  if (others?.length === 0) return undefined
  const changed = `NodeClass "${name}" is not what it was in revision ${number}, and has to be written`
  const way =
    'what uses it too would change with it: --class writes it all the same; ' +
    `to go back alone, make a class of that content (${shownBy(set, number)}) and name it in the set`
  if (!others) return `${changed}; who else uses it may not be read by this identity (list nodes and nodesets); ${way}`
  const named = [...others.slice(0, most), ...(others.length > most ? [`${others.length - most} more`] : [])]
  return `${changed}; ${named.join(', ')} ${others.length === 1 ? 'uses' : 'use'} it too, and ${way}`
}
