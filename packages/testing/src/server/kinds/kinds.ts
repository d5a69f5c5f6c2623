import { type Draft, type StoredObject, equal } from '../objects/index.ts'
import type { Cause, ResourceDefinition } from '../schema/index.ts'
import { certificateSigningRequest } from './certificate-signing-request.ts'
import { configMap } from './config-map.ts'
import { controllerRevision } from './controller-revision.ts'
import { customResourceDefinition } from './custom-resource-definition.ts'
import { event } from './event.ts'
import { lease } from './lease.ts'
import { namespace } from './namespace.ts'
import { node } from './node.ts'
import { podDisruptionBudget } from './pod-disruption-budget.ts'
import { pod } from './pod.ts'
import type { KindRules } from './rules.ts'
import type { SelectableFields } from '../selectors/index.ts'
import { secret } from './secret.ts'
import { replicaSet, workload } from './workload.ts'
import { invalidValue } from '../status/index.ts'

const counted: KindRules = { generation: true }

const fixedSpec = (draft: Draft, old: StoredObject): readonly Cause[] =>
  equal(draft['spec'], old['spec']) ? [] : [invalidValue('spec', undefined, 'field is immutable')]

/** By `group/plural`. */
const builtin: Readonly<Record<string, KindRules>> = {
  '/configmaps': configMap,
  '/events': event,
  '/namespaces': namespace,
  '/nodes': node,
  '/pods': pod,
  '/secrets': secret,
  '/persistentvolumeclaims': { returnsDeleted: true },
  '/persistentvolumes': { returnsDeleted: true },
  '/podtemplates': { returnsDeleted: true, generation: true },
  '/replicationcontrollers': counted,
  '/resourcequotas': { returnsDeleted: true },
  '/serviceaccounts': { returnsDeleted: true },
  '/services': { returnsDeleted: true },
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': counted,
  'admissionregistration.k8s.io/validatingadmissionpolicies': counted,
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': counted,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': counted,
  'apiextensions.k8s.io/customresourcedefinitions': customResourceDefinition,
  'apps/controllerrevisions': controllerRevision,
  'apps/daemonsets': workload,
  'apps/deployments': workload,
  'apps/replicasets': replicaSet,
  'apps/statefulsets': counted,
  'batch/cronjobs': counted,
  'batch/jobs': counted,
  'certificates.k8s.io/certificatesigningrequests': certificateSigningRequest,
  'coordination.k8s.io/leases': lease,
  'discovery.k8s.io/endpointslices': counted,
  'networking.k8s.io/ingresses': counted,
  'networking.k8s.io/networkpolicies': counted,
  'policy/poddisruptionbudgets': podDisruptionBudget,
  'rbac.authorization.k8s.io/clusterrolebindings': { createOnUpdate: true },
  'rbac.authorization.k8s.io/clusterroles': { createOnUpdate: true },
  'rbac.authorization.k8s.io/rolebindings': { createOnUpdate: true },
  'rbac.authorization.k8s.io/roles': { createOnUpdate: true },
  'scheduling.k8s.io/priorityclasses': counted,
  'storage.k8s.io/csidrivers': { returnsDeleted: true },
  'storage.k8s.io/csinodes': { returnsDeleted: true },
  'storage.k8s.io/storageclasses': { returnsDeleted: true },
  'storage.k8s.io/volumeattachments': { returnsDeleted: true, validateUpdate: fixedSpec },
}

const customKind: KindRules = { unconditionalUpdate: false }
const plainKind: KindRules = {}

/** For parseSelector. */
export const selectableOf = (definition: ResourceDefinition): SelectableFields | 'none' =>
  rulesOf(definition).fields ?? (definition.custom ? {} : 'none')

export const rulesOf = (definition: ResourceDefinition): KindRules =>
  definition.custom ? customKind : (builtin[`${definition.group}/${definition.plural}`] ?? plainKind)
