import { type Context, nowOf } from '../context.ts'
import { at, draftOf, isObject, textAt, withAt } from '../objects/index.ts'
import type { Call, Outcome } from '../request/index.ts'
import { conflict, invalid, requiredField, subjectOf } from '../status/index.ts'
import { draftFrom, find } from '../verbs/index.ts'

/** POST on a pod's `binding`: what a scheduler does. */
export const bindPod = (context: Context, call: Call): Outcome => {
  const pod = find(context, call)
  const target = textAt(call.body, 'target', 'name')
  if (target === '') throw invalid('', 'Binding', call.name, [requiredField('target.name')])
  const taken = textAt(pod, 'spec', 'nodeName')
  if (taken !== '')
    throw conflict(
      { group: '', plural: 'pods/binding', name: call.name },
      `pod ${call.name} is already assigned to node ${JSON.stringify(taken)}`,
    )
  if (pod.metadata.deletionTimestamp !== undefined)
    throw conflict(subjectOf(call.definition, call.name), `pod ${call.name} is being deleted, cannot be assigned to a host`)
  const conditions = at(pod, 'status', 'conditions')
  const others = (Array.isArray(conditions) ? conditions : []).filter(c => textAt(c, 'type') !== 'PodScheduled')
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: nowOf(context) }
  const bound = withAt(withAt(draftOf(pod), ['spec', 'nodeName'], target), ['status', 'conditions'], [...others, scheduled])
  const draft = draftFrom(bound, call.definition)
  const annotations = at(call.body, 'metadata', 'annotations')
  if (isObject(annotations)) draft.metadata.annotations = { ...draft.metadata.annotations, ...textsOf(annotations) }
  context.storage.update(call.definition, draft, pod)
  return { type: 'object', status: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } }
}

const textsOf = (object: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, String(value)]))
