import { type AnyResource, pathOf } from '@kube-node/core/api'
import type { Json, KubeTransport } from '@kube-node/core/kube'
import type { Manifest } from '@kube-node/core/manifests'

const rbac = 'rbac.authorization.k8s.io'
const admission = 'admissionregistration.k8s.io'
const kind = (group: string, name: string, plural: string, namespaced: boolean): readonly [string, AnyResource] => [
  name,
  { group, version: 'v1', kind: name, plural, namespaced },
]

const kinds: ReadonlyMap<string, AnyResource> = new Map([
  kind('', 'Namespace', 'namespaces', false),
  kind('', 'ServiceAccount', 'serviceaccounts', true),
  kind(rbac, 'ClusterRole', 'clusterroles', false),
  kind(rbac, 'ClusterRoleBinding', 'clusterrolebindings', false),
  kind(rbac, 'Role', 'roles', true),
  kind(rbac, 'RoleBinding', 'rolebindings', true),
  kind('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', false),
  kind(admission, 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies', false),
  kind(admission, 'ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', false),
])

/** Creates the objects in their order. @throws Error with the server's words for the first one that it refuses. */
export const install = async (transport: KubeTransport, manifests: readonly Manifest[]): Promise<void> => {
  for (const manifest of manifests) {
    const resource = kinds.get(manifest.kind)
    if (resource === undefined) throw new Error(`manifests hold no ${manifest.kind} that can be installed here`)
    const { status, body } = await transport.request({
      method: 'POST',
      path: pathOf(resource, manifest.metadata.namespace),
      // Border: manifests are plain JSON.
      body: manifest as unknown as Json,
      signal: new AbortController().signal,
    })
    if (status !== 201) throw new Error(`${manifest.kind} ${manifest.metadata.name}: ${JSON.stringify(body)}`)
  }
}
