import { type Node, type NodeClass, type Taint, addTaints, annotations, labels, sameTaint, taints } from '../api/index.ts'
import type { BirthTemplate } from './birth.ts'
import { canonicalJson } from './canonical.ts'
import { isObject } from './isObject.ts'

/** What class and set want on a Node for as long as it lives. Startup taints are not among it: somebody else takes those off. */
export interface Dress {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
}

/** The keys that say what a claim is and where it is: a template has no say in them. */
const ourLabels: ReadonlySet<string> = new Set([
  labels.class,
  labels.nodeset,
  labels.revision,
  labels.claim,
  labels.excludeDisruption,
  labels.excludeLoadBalancers,
])
const ourAnnotations: ReadonlySet<string> = new Set([
  annotations.phase,
  annotations.machine,
  annotations.adopt,
  annotations.applied,
  annotations.handedOver,
  annotations.claimedAs,
  annotations.interruption,
])
/** A cloud-controller-manager takes its own off, and must not find it back. */
const ourTaints: ReadonlySet<string> = new Set([taints.notUp, taints.deleting, taints.outOfService, taints.uninitialized])

/** The set's word wins over the class's. */
export const dressOf = ({ spec: { template = {} } }: NodeClass, ofSet: BirthTemplate = {}): Dress => ({
  labels: without({ ...template.labels, ...ofSet.labels }, ourLabels),
  annotations: without({ ...template.annotations, ...ofSet.annotations }, ourAnnotations),
  taints: addTaints(template.taints, ofSet.taints ?? []).filter(({ key }) => !ourTaints.has(key)),
})

/** For the annotation that remembers what was put on: what a template lacks today must be taken off, and nobody else's key. */
export const formatDress = (dress: Dress): string => canonicalJson(dress)

export const isBare = ({ labels: own, annotations: notes, taints: marks }: Dress): boolean =>
  Object.keys(own).length + Object.keys(notes).length + marks.length === 0

/** What a Node lacks of its dress, and what it still wears of an older one. A key that somebody else has changed since is his. */
export interface Redress {
  /** Null takes a key off. */
  readonly labels: Readonly<Record<string, string | null>>
  readonly annotations: Readonly<Record<string, string | null>>
  /** All taints of the Node, where they change. */
  readonly taints: readonly Taint[] | undefined
}

/** Undefined when the Node wears it. `others`: labels that somebody else writes, and that are neither put on nor taken off. */
export const redress = (node: Node, wanted: Dress, others: ReadonlySet<string> = new Set()): Redress | undefined => {
  const worn = wornBy(node)
  const own = changes(node.metadata?.labels, without(wanted.labels, others), without(worn.labels, others))
  const notes = changes(node.metadata?.annotations, wanted.annotations, worn.annotations)
  const present = node.spec?.taints ?? []
  const outworn = worn.taints.filter(taint => !wanted.taints.some(other => sameTaint(taint, other)))
  const kept = present.filter(taint => !outworn.some(old => sameTaint(old, taint) && (old.value ?? '') === (taint.value ?? '')))
  const marks = addTaints(kept, wanted.taints)
  const remembered = node.metadata?.annotations?.[annotations.applied]
  const remember = isBare(wanted) ? null : formatDress(wanted)
  const retaint = marks.length !== present.length || marks.some((taint, at) => taint !== present[at])
  if (Object.keys(own).length + Object.keys(notes).length === 0 && !retaint && (remembered ?? null) === remember) return undefined
  return { labels: own, annotations: { ...notes, [annotations.applied]: remember }, taints: retaint ? marks : undefined }
}

const changes = (
  present: Readonly<Record<string, string>> = {},
  wanted: Readonly<Record<string, string>>,
  worn: Readonly<Record<string, string>>,
): Readonly<Record<string, string | null>> => ({
  ...Object.fromEntries(Object.entries(wanted).filter(([key, value]) => present[key] !== value)),
  ...Object.fromEntries(
    Object.entries(worn)
      .filter(([key, value]) => wanted[key] === undefined && present[key] === value)
      .map(([key]) => [key, null]),
  ),
})

/** Nothing where the annotation makes no sense: then nothing is taken off, and it is written anew. */
const wornBy = (node: Node): Dress => {
  const text = node.metadata?.annotations?.[annotations.applied]
  const nothing: Dress = { labels: {}, annotations: {}, taints: [] }
  if (text === undefined) return nothing
  try {
    const value: unknown = JSON.parse(text)
    if (!isObject(value)) return nothing
    const worn = Array.isArray(value['taints']) ? value['taints'].filter(isTaint) : []
    return { labels: textsOf(value['labels']), annotations: textsOf(value['annotations']), taints: worn }
  } catch (error) {
    if (error instanceof SyntaxError) return nothing
    throw error
  }
}

const isTaint = (value: unknown): value is Taint =>
  isObject(value) &&
  typeof value['key'] === 'string' &&
  typeof value['effect'] === 'string' &&
  ['string', 'undefined'].includes(typeof value['value'])

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(isObject(value) ? Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])) : [])

const without = (map: Readonly<Record<string, string>>, keys: ReadonlySet<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.has(key)))
