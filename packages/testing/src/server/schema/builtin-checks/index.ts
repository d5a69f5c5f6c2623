import type { Check } from './check.ts'
import { configMap, endpoints, secret, service } from './config.ts'
import {
  certificateSigningRequest,
  controllerRevision,
  namespace,
  node,
  priorityClass,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
} from './others.ts'
import { object } from './check.ts'
import { podSpec } from './pod.ts'
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts'
import { csiNode, persistentVolume, persistentVolumeClaim, storageClass, volumeAttachment } from './storage.ts'
import { daemonSet, deployment, job, replicaSet, replicationController, statefulSet } from './workloads.ts'

export { validateNodeResources } from './others.ts'

/** What the API server refuses in built-in kinds beside metadata, by `group/Kind`; some kinds have more of it among the server's rules. */
export const builtinChecks: Readonly<Record<string, Check>> = {
  '/ConfigMap': configMap,
  '/Endpoints': endpoints,
  '/Namespace': namespace,
  '/Node': node,
  '/PersistentVolume': persistentVolume,
  '/PersistentVolumeClaim': persistentVolumeClaim,
  '/Pod': object({ spec: podSpec }),
  '/ReplicationController': replicationController,
  '/Secret': secret,
  '/Service': service,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': validatingAdmissionPolicy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': validatingAdmissionPolicyBinding,
  'apps/ControllerRevision': controllerRevision,
  'apps/DaemonSet': daemonSet,
  'apps/Deployment': deployment,
  'apps/ReplicaSet': replicaSet,
  'apps/StatefulSet': statefulSet,
  'batch/Job': job,
  'certificates.k8s.io/CertificateSigningRequest': certificateSigningRequest,
  'rbac.authorization.k8s.io/ClusterRole': clusterRole,
  'rbac.authorization.k8s.io/ClusterRoleBinding': clusterRoleBinding,
  'rbac.authorization.k8s.io/Role': role,
  'rbac.authorization.k8s.io/RoleBinding': roleBinding,
  'scheduling.k8s.io/PriorityClass': priorityClass,
  'storage.k8s.io/CSINode': csiNode,
  'storage.k8s.io/StorageClass': storageClass,
  'storage.k8s.io/VolumeAttachment': volumeAttachment,
}
