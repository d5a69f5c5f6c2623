import { authorityHashes } from './authority.ts'
import { type Join, bootstrapKubeconfig, isIn, ours, paths } from './kubelet.ts'
import type { BootstrapToken, ClusterFacts } from './plan.types.ts'
import { toYaml } from './yaml.ts'

/**
 * `kubeadm join`, with the API server's authority pinned by its hash; without `name` as the machine is called. `userPaths` are the paths
 * of the user's own files.
 * @throws Error when the cluster's authority can't be read.
 */
export const kubeadmJoin = (
  name: string | undefined,
  cluster: ClusterFacts,
  token: BootstrapToken,
  userPaths: readonly string[],
): Join => ({
  files: [ours(paths.joinConfig, joinConfiguration(name, cluster, token, userPaths), '0600')],
  // kubeadm refuses to join twice; who lost the connection in the middle runs this again.
  commands: [`test -s ${paths.kubeconfig} || kubeadm join --config ${paths.joinConfig}`],
})

/**
 * The same for a machine that has joined before. Where kubeadm's kubeconfig is left, the kubelet itself tells whether its certificate is
 * still good, and asks for another one by the bootstrap kubeconfig when it is not; kubeadm has taken that away after the first join.
 */
export const kubeadmRejoin: typeof kubeadmJoin = (name, cluster, token, userPaths) => {
  const join = kubeadmJoin(name, cluster, token, userPaths)
  return {
    files: [...join.files, ours(paths.authority, cluster.ca), ours(paths.bootstrapKubeconfig, bootstrapKubeconfig(cluster, token), '0600')],
    commands: [`if test -s ${paths.kubeconfig}; then systemctl restart kubelet; else kubeadm join --config ${paths.joinConfig}; fi`],
  }
}

const joinConfiguration = (
  name: string | undefined,
  cluster: ClusterFacts,
  token: BootstrapToken,
  userPaths: readonly string[],
): string => {
  const server = new URL(cluster.server)
  return toYaml({
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: `${server.hostname}:${server.port === '' ? '443' : server.port}`,
        token: `${token.id}.${token.secret}`,
        caCertHashes: authorityHashes(cluster.ca),
      },
    },
    nodeRegistration: {
      // kubeadm passes it on only where it differs from the hostname of that moment.
      ...(name !== undefined && { name, kubeletExtraArgs: [{ name: 'hostname-override', value: name }] }),
      // What an interrupted join of this very machine leaves behind.
      ignorePreflightErrors: [
        'FileAvailable--etc-kubernetes-bootstrap-kubelet.conf',
        'FileAvailable--etc-kubernetes-pki-ca.crt',
        'Port-10250',
      ],
    },
    // The way to settings of the kubelet's own: kubeadm takes its configuration from the cluster.
    ...(isIn(paths.patchDirectory, userPaths) && { patches: { directory: paths.patchDirectory } }),
  })
}
