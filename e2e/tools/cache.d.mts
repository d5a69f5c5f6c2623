/** Version of kube-apiserver, kubectl and the others that e2e/tools builds, such as v1.37.2. */
export const KUBERNETES_VERSION: string
/** Version of etcd that e2e/tools builds, such as v3.7.3. */
export const ETCD_VERSION: string

export type ToolName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kubectl'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kubeadm'
  | 'cloud-controller-manager'

/** Where `npm run e2e:tools` puts its binaries: below KUBE_NODE_E2E_CACHE, else below the user's cache folder. */
export function cacheDirectory(env?: NodeJS.ProcessEnv): string

/** The file name of a tool on this platform. */
export function fileName(tool: ToolName): string

/**
 * The folder that holds the given tools, which are of one set: KUBEBUILDER_ASSETS when that is set (not for what is ours), else the cache.
 * Throws an Error that names the command to run when one of them is missing.
 */
export function findTools(names: readonly ToolName[], env?: NodeJS.ProcessEnv): string
