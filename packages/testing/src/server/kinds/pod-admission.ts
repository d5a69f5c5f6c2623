import { type Draft, type JsonObject, type StoredObject, at, isObject, textAt } from '../objects/index.ts'

/** What admission puts into every Pod: its account, its priority, and for how long it stays on a node that is lost. */
export const admitPod = (draft: Draft): void => {
  const spec = isObject(draft['spec']) ? draft['spec'] : {}
  const account = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount') || 'default'
  draft['spec'] = {
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    ...spec,
    ...grace(spec['terminationGracePeriodSeconds']),
    serviceAccountName: account,
    serviceAccount: account,
    tolerations: withDefaultTolerations(spec['tolerations']),
  }
}

/** The plugins that look at changed Pods too: what a writer leaves out comes back. */
export const admitPodUpdate = (draft: Draft, old: StoredObject): void => {
  const spec = isObject(draft['spec']) ? draft['spec'] : {}
  const kept = ['priority', 'preemptionPolicy'].flatMap(key =>
    at(old, 'spec', key) === undefined ? [] : [[key, at(old, 'spec', key)] as const],
  )
  draft['spec'] = { ...Object.fromEntries(kept), ...spec, tolerations: withDefaultTolerations(spec['tolerations']) }
}

/** Admission plugin DefaultTolerationSeconds: five minutes. */
const withDefaultTolerations = (given: unknown): readonly unknown[] => {
  const tolerations: readonly unknown[] = Array.isArray(given) ? given : []
  const tolerated = (key: string): boolean =>
    tolerations.some(t => (textAt(t, 'key') === key || textAt(t, 'key') === '') && ['NoExecute', ''].includes(textAt(t, 'effect')))
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(key => !tolerated(key))
  return [...tolerations, ...missing.map(key => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))]
}

/** Negative ones are of old, and mean the least. */
const grace = (seconds: unknown): JsonObject => (typeof seconds === 'number' && seconds < 0 ? { terminationGracePeriodSeconds: 1 } : {})
