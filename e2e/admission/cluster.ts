import { fromKubeConfig, loadKubeConfig } from '@kube-node/core'
import { type ManifestOptions, manifests } from '@kube-node/core/manifests'
import type { Json } from '@kube-node/core/kube'
import type { Ask, Guarded } from '../../packages/testing/src/cluster/guarded.fixture.ts'
import type { ControlPlane } from '../control-plane/index.ts'

/** `kube-node manifests | kubectl apply -f -`, as the administrator. */
export const apply = async ({ kubectl }: ControlPlane, options: ManifestOptions): Promise<void> => {
  const input = manifests(options)
    .map(manifest => JSON.stringify(manifest))
    .join('\n---\n')
  const { code, stderr } = await kubectl(['apply', '-f', '-'], { input })
  if (code !== 0 || stderr !== '') throw new Error(stderr)
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all'])
}

/** Everybody of that control plane, by impersonation. */
export const impersonated = async ({ kubeconfig }: ControlPlane): Promise<Guarded & AsyncDisposable> => {
  const transport = fromKubeConfig(await loadKubeConfig({ file: kubeconfig }))
  return {
    as(user, ...groups): Ask {
      // A service account's groups come by themselves; nobody here has more than one other.
      const [group] = user.startsWith('system:serviceaccount:') ? [] : groups
      return (method, path, body) =>
        transport.request({
          method,
          path,
          signal: new AbortController().signal,
          headers: {
            'impersonate-user': user,
            ...(group === undefined ? {} : { 'impersonate-group': group }),
            ...(method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {}),
          },
          // Border: tests write bodies as literals.
          ...(body === undefined ? {} : { body: body as Json }),
        })
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}
