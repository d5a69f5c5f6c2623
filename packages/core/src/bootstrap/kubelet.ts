import type { BootstrapToken, ClusterFacts, PlannedFile } from './plan.types.ts'
import { toYaml } from './yaml.ts'

/** What makes a machine join, besides what the user wants on it. */
export interface Join {
  readonly files: readonly PlannedFile[]
  readonly commands: readonly string[]
}

/** Where things lie on a machine: kubeadm's paths, because that is where people and their tools look. */
export const paths = {
  authority: '/etc/kubernetes/pki/ca.crt',
  bootstrapKubeconfig: '/etc/kubernetes/bootstrap-kubelet.conf',
  kubeconfig: '/etc/kubernetes/kubelet.conf',
  config: '/var/lib/kubelet/config.yaml',
  /** Files `*.conf` in here are merged over the configuration, by name. */
  configDirectory: '/etc/kubernetes/kubelet.conf.d',
  /** kubeadm's patches, such as `kubeletconfiguration+merge.yaml`. */
  patchDirectory: '/etc/kubernetes/patches',
  unit: '/etc/systemd/system/kubelet.service',
  dropIn: '/etc/systemd/system/kubelet.service.d/90-kube-node.conf',
  joinConfig: '/etc/kubernetes/kube-node-join.yaml',
} as const

export const ours = (path: string, text: string, mode = '0644'): PlannedFile => ({
  path,
  bytes: Buffer.from(text),
  mode,
  owner: 'root',
})

export const isIn = (directory: string, files: readonly string[]): boolean => files.some(path => path.startsWith(`${directory}/`))

/**
 * A kubelet with bootstrap credentials: it asks for its certificate with the token, and takes over the Node of its name; without `name`
 * it is called as the machine is. `userPaths` are the paths of the user's own files.
 */
export const kubeletJoin = (
  name: string | undefined,
  cluster: ClusterFacts,
  token: BootstrapToken,
  userPaths: readonly string[],
): Join => ({
  files: [
    ours(paths.authority, cluster.ca),
    ours(paths.bootstrapKubeconfig, bootstrapKubeconfig(cluster, token), '0600'),
    ours(paths.config, kubeletConfiguration(cluster)),
    ours(paths.unit, unit),
    ours(paths.dropIn, dropIn(name, userPaths)),
  ],
  // Restarted, not started: the kubelet of an image may be running already, with the image's own flags.
  commands: ['systemctl daemon-reload', 'systemctl enable kubelet', 'systemctl restart kubelet'],
})

export const bootstrapKubeconfig = (cluster: ClusterFacts, token: BootstrapToken): string =>
  toYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'cluster',
        cluster: { server: cluster.server, 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') },
      },
    ],
    users: [{ name: 'kubelet-bootstrap', user: { token: `${token.id}.${token.secret}` } }],
    contexts: [{ name: 'bootstrap', context: { cluster: 'cluster', user: 'kubelet-bootstrap' } }],
    'current-context': 'bootstrap',
  })

const kubeletConfiguration = (cluster: ClusterFacts): string =>
  toYaml({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: paths.authority } },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'systemd',
    ...(cluster.dns.length > 0 && { clusterDNS: cluster.dns, clusterDomain: cluster.domain }),
    rotateCertificates: true,
    serverTLSBootstrap: true,
  })

/**
 * For images that bring a kubelet without a unit; it hides one under /usr/lib. It tries for ever: commands of the user's, or the image
 * itself, may bring the runtime later than the unit.
 */
const unit = `[Unit]
Description=kubelet
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target containerd.service crio.service
StartLimitIntervalSec=0

[Service]
ExecStart=kubelet
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
`

/** Where the container runtimes in use listen: containerd, CRI-O, cri-dockerd. */
const runtimeSockets = ['/run/containerd/containerd.sock', '/run/crio/crio.sock', '/run/cri-dockerd.sock']

/**
 * Waits for the runtime, and not for ever: it may listen elsewhere. A kubelet that finds none ends, and with it the key for which it
 * has asked a certificate (seen on 1.37), while a token is good for one key: the machine could not join any more.
 */
const awaitRuntime = `-timeout 60 /bin/sh -c 'until test ${runtimeSockets.map(path => `-S ${path}`).join(' -o ')}; do sleep 1; done'`

/** A name late in the alphabet: the packages of kubeadm bring 10-kubeadm.conf, which sets ExecStart too. */
const dropIn = (name: string | undefined, userPaths: readonly string[]): string => {
  const flags = [
    ...(name === undefined ? [] : [`--hostname-override=${name}`]),
    `--bootstrap-kubeconfig=${paths.bootstrapKubeconfig}`,
    `--kubeconfig=${paths.kubeconfig}`,
    `--config=${paths.config}`,
    // A kubelet that is told of a directory that does not exist refuses to start.
    ...(isIn(paths.configDirectory, userPaths) ? [`--config-dir=${paths.configDirectory}`] : []),
  ]
  return `[Service]
ExecStartPre=${awaitRuntime}
EnvironmentFile=-/etc/default/kubelet
EnvironmentFile=-/etc/sysconfig/kubelet
ExecStart=
ExecStart=kubelet ${flags.join(' ')} $KUBELET_EXTRA_ARGS
`
}
