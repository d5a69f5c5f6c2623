import { type Context, nowOf } from '../context.ts'
import { budgetOf, budgetsOf, countEviction, isReady, recordBudget } from '../disruption/index.ts'
import { type StoredObject, at, draftOf, equal, isObject, textAt, withAt } from '../objects/index.ts'
import { type Call, type Outcome, writeOptionsOf } from '../request/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { Failure, badRequest, tooManyRequests } from '../status/index.ts'
import { type DeleteOptions, checkPreconditions, deleteObject, deleteOptionsOf, draftFrom, find } from '../verbs/index.ts'

const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

/** POST on a pod's `eviction` (policy/v1): a deletion that asks the PodDisruptionBudgets first. */
export const evictPod = (context: Context, call: Call): Outcome => {
  const { body, definition } = call
  if (!isObject(body)) throw badRequest('the object provided is unrecognized (must be of type Eviction)')
  const { dryRun } = writeOptionsOf(call, 'CreateOptions')
  if (textAt(body, 'metadata', 'name') !== call.name) throw badRequest('name in URL does not match name in Eviction object')
  const pod = find(context, call)
  const given = deleteOptionsOf({ ...call, query: {}, body: at(body, 'deleteOptions') ?? {} })
  const options = { ...given, dryRun: given.dryRun || dryRun }
  if (!ignoresBudgets(pod)) checkBudgets(context, pod, options.dryRun)
  checkPreconditions(definition, pod, options)
  evict(context, definition, pod, options)
  return { type: 'object', status: 201, object: success }
}

/** Pods that do not serve anyone yet, or no longer: taking them away disrupts nobody. */
const ignoresBudgets = (pod: StoredObject): boolean =>
  ['Pending', 'Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase')) || pod.metadata.deletionTimestamp !== undefined

const checkBudgets = (context: Context, pod: StoredObject, dryRun: boolean): void => {
  const covering = budgetsOf(context, pod.metadata.namespace ?? '').filter(budget => budget.covers(pod))
  const [budget, second] = covering
  if (budget === undefined) return
  if (second !== undefined) {
    throw new Failure(500, '', 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
  }
  const { currentHealthy, desiredHealthy, disruptionsAllowed, name, unhealthyPodEvictionPolicy } = budget
  // A pod that is not ready counts for nothing, so taking it away costs nothing while enough others are healthy.
  const harmless =
    !isReady(pod) && (unhealthyPodEvictionPolicy === 'AlwaysAllow' || (desiredHealthy > 0 && currentHealthy >= desiredHealthy))
  if (harmless) return
  if (disruptionsAllowed > 0) {
    if (!dryRun) countEviction(context, budget)
    return
  }
  recordBudget(context, budget)
  throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", [
    {
      reason: 'DisruptionBudget',
      message:
        currentHealthy <= desiredHealthy
          ? `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
          : `The disruption budget ${name} does not allow evicting pods currently`,
    },
  ])
}

/** The pod says why it goes, and goes; its budget counts it out at once. */
const evict = (context: Context, definition: ResourceDefinition, pod: StoredObject, options: DeleteOptions): void => {
  const { uid: _uid, resourceVersion: _version, ...rest } = options
  const unconditional = { ...rest, uid: '', resourceVersion: '' }
  if (options.dryRun) {
    deleteObject(context, definition, pod, unconditional)
    return
  }
  const draft = draftFrom(withAt(draftOf(pod), ['status', 'conditions'], withDisruption(context, pod)), definition)
  const marked = equal(draft['status'], pod['status']) ? pod : context.storage.update(definition, draft, pod)
  deleteObject(context, definition, marked, unconditional)
  for (const { covers, object } of budgetsOf(context, pod.metadata.namespace ?? ''))
    if (covers(pod)) recordBudget(context, budgetOf(context, object))
}

/** With the reason for which it goes; one that goes already may be told again. */
const withDisruption = (context: Context, pod: StoredObject): readonly unknown[] => {
  const listed = at(pod, 'status', 'conditions')
  const before: readonly unknown[] = Array.isArray(listed) ? listed : []
  const known = before.find(c => textAt(c, 'type') === 'DisruptionTarget')
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: textAt(known, 'status') === 'True' ? textAt(known, 'lastTransitionTime') : nowOf(context),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  return known === undefined ? [...before, condition] : before.map(c => (c === known ? condition : c))
}
