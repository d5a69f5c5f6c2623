import { podDefaults, podTemplateDefaults } from './builtin-defaults-pod.ts'
import { type Fill, all, fill, inside, items } from './fill.ts'
import { isObject } from './json.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const workload = (spec: Fill): Fill => inside('spec', given => spec(inside('template', podTemplateDefaults)(given)), {})

const rollingUpdate =
  (field: string, parts: Readonly<Record<string, unknown>>): Fill =>
  spec => {
    const strategy = isObject(spec[field]) ? spec[field] : {}
    const type = text(strategy['type']) || 'RollingUpdate'
    if (type !== 'RollingUpdate') return spec
    return {
      ...spec,
      [field]: {
        ...strategy,
        type,
        rollingUpdate: { ...parts, ...(isObject(strategy['rollingUpdate']) ? strategy['rollingUpdate'] : {}) },
      },
    }
  }

const rbac = 'rbac.authorization.k8s.io'

const bindingDefaults: Fill = binding =>
  items('subjects', subject => (subject['kind'] === 'ServiceAccount' ? subject : fill({ apiGroup: rbac })(subject)))(
    inside('roleRef', fill({ apiGroup: rbac }))(binding),
  )

const serviceDefaults: Fill = inside('spec', given => {
  const spec = fill({ type: 'ClusterIP', sessionAffinity: 'None' })(given)
  const withPorts = items('ports', port => {
    const filled = fill({ protocol: 'TCP' })(port)
    const target = filled['targetPort']
    return target === undefined || target === 0 || target === '' ? { ...filled, targetPort: filled['port'] } : filled
  })(spec)
  if (spec['type'] === 'ExternalName') return withPorts
  const outside = spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer'
  return fill({
    internalTrafficPolicy: 'Cluster',
    ...(outside ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(spec['type'] === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
  })(withPorts)
})

const customResourceDefinitionDefaults: Fill = inside('spec', spec =>
  inside('names', names => {
    const kind = text(names['kind'])
    return kind === '' ? names : fill({ singular: kind.toLowerCase(), listKind: `${kind}List` })(names)
  })(fill({ conversion: { strategy: 'None' } })(spec)),
)

/**
 * What the API server's own code fills in, by `group/Kind`: seen on 1.37 by creating the least that it takes. Left out is what admission
 * and allocation add (service accounts, tolerations, cluster IPs) and what belongs to creation alone.
 */
export const builtinDefaults: Readonly<Record<string, Fill>> = {
  '/Node': all(
    inside('status', ({ capacity, ...status }) => (isObject(capacity) ? { allocatable: capacity, ...status, capacity } : status)),
    inside('spec', spec => {
      const { podCIDR, podCIDRs } = spec
      if (typeof podCIDR === 'string') return Array.isArray(podCIDRs) && podCIDRs[0] === podCIDR ? spec : { ...spec, podCIDRs: [podCIDR] }
      return Array.isArray(podCIDRs) && podCIDRs.length > 0 ? { podCIDR: podCIDRs[0], ...spec } : spec
    }),
  ),
  '/Pod': podDefaults,
  '/Namespace': inside('status', fill({ phase: 'Active' }), {}),
  '/Secret': fill({ type: 'Opaque' }),
  '/Service': serviceDefaults,
  '/Endpoints': items('subsets', items('ports', fill({ protocol: 'TCP' }))),
  '/PersistentVolume': pv =>
    inside(
      'status',
      fill({ phase: 'Pending' }),
      {},
    )(
      inside('spec', spec =>
        inside('hostPath', fill({ type: '' }))(fill({ persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' })(spec)),
      )(pv),
    ),
  '/PersistentVolumeClaim': pvc =>
    inside('status', fill({ phase: 'Pending' }), {})(inside('spec', fill({ volumeMode: 'Filesystem' }))(pvc)),
  '/ReplicationController': workload(fill({ replicas: 1 })),
  'apps/Deployment': workload(spec =>
    rollingUpdate('strategy', { maxUnavailable: '25%', maxSurge: '25%' })(
      fill({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })(spec),
    ),
  ),
  'apps/ReplicaSet': workload(fill({ replicas: 1 })),
  'apps/DaemonSet': workload(spec =>
    rollingUpdate('updateStrategy', { maxUnavailable: 1, maxSurge: 0 })(fill({ revisionHistoryLimit: 10 })(spec)),
  ),
  'apps/StatefulSet': workload(spec =>
    rollingUpdate('updateStrategy', { partition: 0, maxUnavailable: 1 })(
      fill({
        replicas: 1,
        podManagementPolicy: 'OrderedReady',
        revisionHistoryLimit: 10,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      })(spec),
    ),
  ),
  'batch/Job': workload(spec => {
    const counted = spec['completions'] === undefined && spec['parallelism'] === undefined ? fill({ completions: 1 })(spec) : spec
    return fill({
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
      manualSelector: false,
    })(counted)
  }),
  [`${rbac}/RoleBinding`]: bindingDefaults,
  [`${rbac}/ClusterRoleBinding`]: bindingDefaults,
  'storage.k8s.io/StorageClass': fill({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'scheduling.k8s.io/PriorityClass': fill({ preemptionPolicy: 'PreemptLowerPriority' }),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': inside('spec', spec =>
    inside('matchConstraints', constraints =>
      items(
        'resourceRules',
        fill({ scope: '*' }),
      )(
        items(
          'excludeResourceRules',
          fill({ scope: '*' }),
        )(fill({ matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} })(constraints)),
      ),
    )(fill({ failurePolicy: 'Fail' })(spec)),
  ),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': inside(
    'spec',
    inside('matchResources', constraints =>
      items(
        'resourceRules',
        fill({ scope: '*' }),
      )(fill({ matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} })(constraints)),
    ),
  ),
  'apiextensions.k8s.io/CustomResourceDefinition': customResourceDefinitionDefaults,
}
