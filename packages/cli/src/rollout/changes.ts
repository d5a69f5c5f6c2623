import { isDeepStrictEqual } from 'node:util'
import type { RevisionContent, RevisionOfClass } from '@kube-node/core'
import { isSame } from './content.ts'

/** One difference between two revisions, at the place where a person would look for it. */
export interface Change {
  /** `nodeclass/NAME` or `nodeset`. */
  readonly object: string
  /** `spec.config.image`. */
  readonly path: string
  /** Undefined where there is nothing. Of a bootstrap, which may be long, nothing is shown: both are undefined. */
  readonly from?: unknown
  readonly to?: unknown
}

/** What is different in `to`, class by class, and then what the set says. */
export const changesBetween = (from: RevisionContent, to: RevisionContent): readonly Change[] => {
  const before = new Map(from.classes.map(one => [one.name, one]))
  const names = (content: RevisionContent): readonly string[] => content.classes.map(({ name }) => name)
  return [
    ...(isSame(names(from), names(to)) ? [] : [{ object: 'nodeset', path: 'classes', from: names(from), to: names(to) }]),
    ...to.classes.flatMap(one => {
      const old = before.get(one.name)
      return old ? classChanges(old, one) : []
    }),
    ...setChanges(from.template, to.template),
  ]
}

export const classChanges = (from: ClassPart, to: ClassPart & { readonly name: string }): readonly Change[] => {
  const object = `nodeclass/${to.name}`
  return [
    ...valueChange(object, 'spec.provider', from.provider, to.provider),
    ...valueChange(object, 'spec.config', from.config ?? {}, to.config ?? {}),
    ...bootstrapChanges(object, from.bootstrap ?? {}, to.bootstrap ?? {}),
  ]
}

export const setChanges = (from: RevisionContent['template'], to: RevisionContent['template']): readonly Change[] => [
  ...valueChange('nodeset', 'spec.template.config', from.config ?? {}, to.config ?? {}),
  ...valueChange('nodeset', 'spec.template.restartedAt', from.restartedAt, to.restartedAt),
]

/** In words: `spec.config.image "debian-13" -> "debian-14"`. */
export const wordsOfChange = ({ path, from, to }: Change): string => {
  if (from === undefined && to === undefined) return `${path} changes`
  return `${path} ${from === undefined ? '(none)' : short(from)} -> ${to === undefined ? '(none)' : short(to)}`
}

type ClassPart = Pick<RevisionOfClass, 'provider' | 'config' | 'bootstrap'>

const valueChange = (object: string, path: string, from: unknown, to: unknown): readonly Change[] => {
  if (isDeepStrictEqual(from, to)) return []
  const [a, b] = [asMap(from), asMap(to)]
  const keys = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])].toSorted()
  const isDeeper = keys.length > 0 && (a !== undefined || from === undefined) && (b !== undefined || to === undefined)
  if (isDeeper) return keys.flatMap(key => valueChange(object, `${path}.${key}`, a?.[key], b?.[key]))
  return [{ object, path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }]
}

const bootstrapChanges = (object: string, from: object, to: object): readonly Change[] => {
  const paths = valueChange(object, 'spec.bootstrap', from, to).map(({ path }) => path.split('.').slice(0, 3).join('.'))
  return [...new Set(paths)].map(path => ({ object, path }))
}

type Fields = Readonly<Record<string, unknown>>

const asMap = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined

const longest = 60

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? ''
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
