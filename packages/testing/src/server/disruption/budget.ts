import type { Context } from '../context.ts'
import { type StoredObject, at, textAt } from '../objects/index.ts'
import { labelSelectorOf } from '../selectors/index.ts'
import type { ResourceName } from '../storage/index.ts'

export const budgets: ResourceName = { group: 'policy', plural: 'poddisruptionbudgets' }
const pods: ResourceName = { group: '', plural: 'pods' }

/** What a PodDisruptionBudget allows at this moment, worked out from the pods as they are. */
export interface Budget {
  readonly object: StoredObject
  readonly name: string
  readonly unhealthyPodEvictionPolicy: string
  readonly currentHealthy: number
  readonly desiredHealthy: number
  readonly expectedPods: number
  readonly disruptionsAllowed: number
  covers(pod: StoredObject): boolean
}

/** All budgets of a namespace. */
export const budgetsOf = (context: Context, namespace: string): readonly Budget[] =>
  inNamespace(context, budgets, namespace).map(object => budgetOf(context, object))

export const budgetOf = (context: Context, object: StoredObject): Budget => {
  const { name, namespace = '' } = object.metadata
  const selects = labelSelectorOf(at(object, 'spec', 'selector'))
  const covers = (pod: StoredObject): boolean => pod.metadata.namespace === namespace && selects(pod.metadata.labels)
  // Pods that have ended are neither expected nor healthy.
  const covered = inNamespace(context, pods, namespace).filter(pod => covers(pod) && !hasEnded(pod))
  const currentHealthy = covered.filter(pod => pod.metadata.deletionTimestamp === undefined && isReady(pod)).length
  const { expectedPods, desiredHealthy } = wantedBy(context, object, covered)
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
  const unhealthyPodEvictionPolicy = textAt(object, 'spec', 'unhealthyPodEvictionPolicy')
  return { object, name, unhealthyPodEvictionPolicy, currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed, covers }
}

export const isReady = (pod: StoredObject): boolean => {
  const conditions = at(pod, 'status', 'conditions')
  return Array.isArray(conditions) && conditions.some(c => textAt(c, 'type') === 'Ready' && textAt(c, 'status') === 'True')
}

const hasEnded = (pod: StoredObject): boolean => ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'))

const inNamespace = (context: Context, resource: ResourceName, namespace: string): readonly StoredObject[] =>
  [...context.storage.collection(resource).values()].filter(object => object.metadata.namespace === namespace)

const wantedBy = (
  context: Context,
  object: StoredObject,
  covered: readonly StoredObject[],
): { readonly expectedPods: number; readonly desiredHealthy: number } => {
  const maxUnavailable = at(object, 'spec', 'maxUnavailable')
  const minAvailable = at(object, 'spec', 'minAvailable')
  if (maxUnavailable !== undefined) {
    const expectedPods = expectedScale(context, covered)
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - portion(maxUnavailable, expectedPods)) }
  }
  if (typeof minAvailable === 'string') {
    const expectedPods = expectedScale(context, covered)
    return { expectedPods, desiredHealthy: portion(minAvailable, expectedPods) }
  }
  return { expectedPods: covered.length, desiredHealthy: typeof minAvailable === 'number' ? minAvailable : 0 }
}

/** A number, or a percentage of the whole, rounded up. */
const portion = (value: unknown, whole: number): number => {
  if (typeof value === 'number') return value
  const [, percent] = /^(\d+)%$/.exec(String(value)) ?? []
  return percent === undefined ? 0 : Math.ceil((Number(percent) * whole) / 100)
}

/** The replicas that the pods' controllers want together; pods without a controller do not count. */
const expectedScale = (context: Context, covered: readonly StoredObject[]): number => {
  const scales = new Map<string, number>()
  for (const pod of covered) {
    const owner = pod.metadata.ownerReferences?.find(reference => reference.controller === true)
    if (owner === undefined) continue
    const definition = context.registry.ofKind(owner.apiVersion, owner.kind)
    const found =
      definition === undefined
        ? undefined
        : context.storage.get(definition, definition.namespaced ? pod.metadata.namespace : undefined, owner.name)
    const replicas = found?.metadata.uid === owner.uid ? at(found, 'spec', 'replicas') : undefined
    if (typeof replicas === 'number') scales.set(owner.uid, replicas)
    // A kind that the server does not know (a test's own owner): the pods that are there are all that can be expected.
    else if (definition === undefined)
      scales.set(owner.uid, covered.filter(p => p.metadata.ownerReferences?.some(r => r.uid === owner.uid)).length)
  }
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0)
}
