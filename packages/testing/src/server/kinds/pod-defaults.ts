import { type Draft, at, isObject, textAt, withAt } from '../objects/index.ts'

/** A world without service accounts, priorities and schedulers of its own still shows what a Pod always has. */
export const completePod = (draft: Draft): void => {
  const spec = isObject(draft['spec']) ? draft['spec'] : {}
  const account = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount') || 'default'
  draft['spec'] = {
    ...podSpecDefaults,
    ...spec,
    ...(Array.isArray(spec['containers']) ? { containers: spec['containers'].map(withContainerDefaults) } : {}),
    ...(Array.isArray(spec['initContainers']) ? { initContainers: spec['initContainers'].map(withContainerDefaults) } : {}),
    serviceAccountName: account,
    serviceAccount: account,
    tolerations: withDefaultTolerations(spec['tolerations']),
  }
  const conditions = at(draft, 'status', 'conditions')
  if (Array.isArray(conditions)) Object.assign(draft, withAt(draft, ['status', 'conditions'], conditions.map(withTimes)))
}

/** Go's JSON always has them, told or not. */
const withTimes = (condition: unknown): unknown =>
  (isObject(condition) ? { lastProbeTime: null, lastTransitionTime: null, ...condition } : condition)

const podSpecDefaults = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
  priority: 0,
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
}

const withContainerDefaults = (container: unknown): unknown => {
  if (!isObject(container)) return container
  const { ports, resources } = container
  const limits = at(resources, 'limits')
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicyOf(textAt(container, 'image')),
    ...container,
    ...(Array.isArray(ports) ? { ports: ports.map(port => (isObject(port) ? { protocol: 'TCP', ...port } : port)) } : {}),
    resources: {
      ...(isObject(resources) ? resources : {}),
      // A limit without a request asks for as much as it allows.
      ...(isObject(limits) ? { requests: { ...limits, ...requestsOf(resources) } } : {}),
    },
  }
}

const requestsOf = (resources: unknown): object => {
  const requests = at(resources, 'requests')
  return isObject(requests) ? requests : {}
}

/** An image without a tag means the latest, which may be another one tomorrow. */
const pullPolicyOf = (image: string): string => {
  const name = image.split('/').at(-1) ?? ''
  return !name.includes('@') && (!name.includes(':') || name.endsWith(':latest')) ? 'Always' : 'IfNotPresent'
}

/** Admission plugin DefaultTolerationSeconds: pods stay five minutes on a node that is lost. */
const withDefaultTolerations = (given: unknown): readonly unknown[] => {
  const tolerations: readonly unknown[] = Array.isArray(given) ? given : []
  const tolerated = (key: string): boolean => tolerations.some(t =>
    (textAt(t, 'key') === key || textAt(t, 'key') === '') && ['NoExecute', ''].includes(textAt(t, 'effect')))
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(key => !tolerated(key))
  return [...tolerations, ...missing.map(key => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }))]
}
