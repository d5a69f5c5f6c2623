import type {
  CertificateSigningRequest,
  ConfigMap,
  ControllerRevision,
  CustomResourceDefinition,
  DaemonSet,
  Event,
  Lease,
  Namespace,
  Node,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  Secret,
  Service,
  VolumeAttachment,
} from './builtin.ts'
import { type Resource, resource } from './object.ts'

/** Kinds of Kubernetes' own that kube-node or its test kit reads or writes, as values. */

export const Nodes: Resource<Node> = resource<Node>({ group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false })
export const Pods: Resource<Pod> = resource<Pod>({ group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true })
export const Secrets: Resource<Secret> = resource<Secret>({ group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true })
export const Events: Resource<Event> = resource<Event>({ group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true })
export const Namespaces: Resource<Namespace> = resource<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
})
export const Leases: Resource<Lease> = resource<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
})
export const ConfigMaps: Resource<ConfigMap> = resource<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
})
export const Services: Resource<Service> = resource<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
})
export const DaemonSets: Resource<DaemonSet> = resource<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  namespaced: true,
})
export const ReplicaSets: Resource<ReplicaSet> = resource<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  namespaced: true,
})
export const ControllerRevisions: Resource<ControllerRevision> = resource<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
})
export const PodDisruptionBudgets: Resource<PodDisruptionBudget> = resource<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
})
export const PersistentVolumeClaims: Resource<PersistentVolumeClaim> = resource<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  namespaced: true,
})
export const VolumeAttachments: Resource<VolumeAttachment> = resource<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
})
export const CertificateSigningRequests: Resource<CertificateSigningRequest> = resource<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  namespaced: false,
})
export const CustomResourceDefinitions: Resource<CustomResourceDefinition> = resource<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
})
