import { type JsonObject, at, isObject, textAt, withAt } from '../objects/index.ts'
import { type Applied, type Apply, applyObject } from './apply.ts'
import { compareObjects } from './compare.ts'
import { ApplyConflict, conflictsWithout } from './conflict.ts'
import { fieldSetOf } from './extract.ts'
import { type FieldSet, difference, emptySet, isEmptySet, union } from './field-set.ts'
import { goJson } from './go-json.ts'
import type { Managing } from './managing.ts'

const annotation = ['metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration'] as const

/**
 * Apply with kubectl's past in mind: who comes as `kubectl` takes over, without force, what a client-side `kubectl apply` wrote down in
 * its annotation and nobody has changed since; and the annotation, where there is one, goes on telling what was applied.
 */
export const applyLikeKubectl = (managing: Managing, apply: Apply): Applied => {
  if (apply.manager !== 'kubectl') return applyObject(managing, apply)
  return withAnnotation(applyOver(managing, apply), apply.wanted)
}

const applyOver = (managing: Managing, apply: Apply): Applied => {
  try {
    return applyObject(managing, apply)
  } catch (error) {
    if (!(error instanceof ApplyConflict)) throw error
    const allowed = allowedBy(managing, apply.live)
    if (allowed === undefined) throw error
    const rest = conflictsWithout(error.conflicts, allowed)
    if (rest.length > 0) throw new ApplyConflict(rest)
    return applyObject(managing, { ...apply, force: true })
  }
}

/** What was last applied and is still so; undefined where the annotation says nothing of use. */
const allowedBy = ({ apiVersion, schema }: Managing, live: JsonObject): FieldSet | undefined => {
  const applied = parsed(textAt(live, ...annotation))
  if (applied === undefined || applied['apiVersion'] !== apiVersion) return undefined
  const { added, modified, removed } = compareObjects(schema, applied, live) ?? {}
  const changed = [added, modified, removed].reduce<FieldSet>((all, set) => union(all, set ?? emptySet), emptySet)
  const fields = fieldSetOf(schema, applied)
  return isEmptySet(changed) ? fields : difference(fields, changed)
}

const parsed = (text: string): JsonObject | undefined => {
  if (text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const withAnnotation = (applied: Applied, wanted: JsonObject): Applied => {
  if (textAt(applied.object, ...annotation) === '') return applied
  const said = at(wanted, ...annotation) === undefined ? wanted : withAt(wanted, annotation, undefined)
  // With the newline with which Go's encoder ends.
  const text = `${goJson(said)}\n`
  return { ...applied, object: withAt(applied.object, annotation, text) }
}
