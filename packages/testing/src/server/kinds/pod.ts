import { type JsonObject, at, isObject, textAt } from '../objects/index.ts'
import { admitPod, admitPodUpdate } from './pod-admission.ts'
import { keepPodStatus, podStatusWarnings, validatePodStatus } from './pod-status.ts'
import { validatePodUpdate } from './pod-validation.ts'
import { podWarnings } from './pod-warnings.ts'
import type { KindRules } from './rules.ts'

const textField =
  (...path: readonly string[]) =>
  (object: JsonObject): string =>
    textAt(object, ...path)

export const pod: KindRules = {
  fields: {
    'spec.nodeName': textField('spec', 'nodeName'),
    'spec.restartPolicy': textField('spec', 'restartPolicy'),
    'spec.schedulerName': textField('spec', 'schedulerName'),
    'spec.serviceAccountName': textField('spec', 'serviceAccountName'),
    'spec.hostNetwork': object => String(at(object, 'spec', 'hostNetwork') === true),
    'status.phase': textField('status', 'phase'),
    'status.podIP': textField('status', 'podIP'),
    'status.nominatedNodeName': textField('status', 'nominatedNodeName'),
  },
  returnsDeleted: true,
  generation: true,
  prepareCreate: draft => {
    admitPod(draft)
    draft['status'] = { phase: 'Pending', qosClass: qosClass(draft) }
  },
  prepareUpdate: admitPodUpdate,
  prepareStatus: keepPodStatus,
  validateUpdate: validatePodUpdate,
  validateStatus: validatePodStatus,
  // People seldom write to a Pod that is there already, and kubelets often.
  warnings: (draft, old) => (old === undefined ? podWarnings(draft) : []),
  statusWarnings: podStatusWarnings,
  gracePeriod: (object, asked) => {
    const own = at(object, 'spec', 'terminationGracePeriodSeconds')
    const wanted = asked ?? (typeof own === 'number' ? own : 30)
    // Nobody is there to end it, or it has ended already: then no one would ever send the deletion with grace 0.
    if (textAt(object, 'spec', 'nodeName') === '') return 0
    const phase = textAt(object, 'status', 'phase')
    if (phase === 'Succeeded' || phase === 'Failed') return 0
    // A negative grace means 1 s: kubelet's old way to say "now, but orderly".
    return wanted < 0 ? 1 : wanted
  },
}

const qosClass = (pod: JsonObject): string => {
  const containers = ['containers', 'initContainers'].flatMap(list => {
    const found = at(pod, 'spec', list)
    return Array.isArray(found) ? found : []
  })
  const amounts = (container: unknown, which: string): Readonly<Record<string, unknown>> => {
    const found = at(container, 'resources', which)
    return isObject(found) ? found : {}
  }
  const mentioned = containers.some(c => ['requests', 'limits'].some(which => ['cpu', 'memory'].some(r => r in amounts(c, which))))
  if (!mentioned) return 'BestEffort'
  const guaranteed = containers.every(c =>
    ['cpu', 'memory'].every(r => {
      const limit = amounts(c, 'limits')[r]
      return limit !== undefined && (amounts(c, 'requests')[r] ?? limit) === limit
    }),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
