import type { Printer } from '../printer.ts'
import { endpoints, service } from './network.ts'
import { node } from './node.ts'
import {
  certificateSigningRequest,
  configMap,
  customResourceDefinition,
  event,
  lease,
  namespace,
  priorityClass,
  roleBinding,
  secret,
  serviceAccount,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
} from './others.ts'
import { pod } from './pod.ts'
import { csiNode, persistentVolume, persistentVolumeClaim, storageClass, volumeAttachment } from './storage.ts'
import {
  controllerRevision,
  daemonSet,
  deployment,
  job,
  podDisruptionBudget,
  replicaSet,
  replicationController,
  statefulSet,
} from './workloads.ts'

/** By `group/Kind`. Kinds that are not here get their name and the time of their creation. */
export const builtinPrinters: Readonly<Record<string, Printer>> = {
  '/ConfigMap': configMap,
  '/Endpoints': endpoints,
  '/Event': event,
  'events.k8s.io/Event': event,
  '/Namespace': namespace,
  '/Node': node,
  '/PersistentVolume': persistentVolume,
  '/PersistentVolumeClaim': persistentVolumeClaim,
  '/Pod': pod,
  '/ReplicationController': replicationController,
  '/Secret': secret,
  '/Service': service,
  '/ServiceAccount': serviceAccount,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': validatingAdmissionPolicy,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': validatingAdmissionPolicyBinding,
  'apiextensions.k8s.io/CustomResourceDefinition': customResourceDefinition,
  'apps/ControllerRevision': controllerRevision,
  'apps/DaemonSet': daemonSet,
  'apps/Deployment': deployment,
  'apps/ReplicaSet': replicaSet,
  'apps/StatefulSet': statefulSet,
  'batch/Job': job,
  'certificates.k8s.io/CertificateSigningRequest': certificateSigningRequest,
  'coordination.k8s.io/Lease': lease,
  'policy/PodDisruptionBudget': podDisruptionBudget,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleBinding,
  'rbac.authorization.k8s.io/RoleBinding': roleBinding,
  'scheduling.k8s.io/PriorityClass': priorityClass,
  'storage.k8s.io/CSINode': csiNode,
  'storage.k8s.io/StorageClass': storageClass,
  'storage.k8s.io/VolumeAttachment': volumeAttachment,
}
