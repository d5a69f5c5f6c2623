import { join } from 'node:path'
import type { Pki } from './pki.ts'
import type { Users } from './users.ts'

/** Loopback ports of the servers. */
export interface Ports {
  readonly etcdClient: number
  readonly etcdPeer: number
  readonly apiServer: number
  readonly controllerManager: number
  readonly scheduler: number
}

/** What the command lines of the components are made of. */
export interface Site {
  readonly dir: string
  readonly ports: Ports
  /** Where the API server listens. */
  readonly server: string
  readonly pki: Pki
  readonly users: Users
}

export function etcdFlags({ dir, ports }: Site): string[] {
  const client = `http://127.0.0.1:${ports.etcdClient}`
  const peer = `http://127.0.0.1:${ports.etcdPeer}`
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=warn',
  ]
}

/**
 * NodeRestriction here and the separate identities of kube-controller-manager's controllers below are kubeadm's defaults:
 * without them real conflicts stay hidden.
 */
export function apiServerFlags({ dir, ports, pki, users }: Site, admission: readonly string[]): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcdClient}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.apiServer}`,
    // Otherwise the address of the default route is taken, and a machine without one is refused. A loopback address can't be an endpoint.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${join(dir, 'apiserver')}`,
    `--tls-cert-file=${pki.servingCertificate}`,
    `--tls-private-key-file=${pki.servingKey}`,
    `--client-ca-file=${pki.caCertificate}`,
    `--token-auth-file=${users.tokenFile}`,
    '--enable-bootstrap-token-auth',
    // Kubelets show what our approver let through: checked, where otherwise anything is taken.
    `--kubelet-certificate-authority=${pki.caCertificate}`,
    `--kubelet-client-certificate=${pki.kubeletClientCertificate}`,
    `--kubelet-client-key=${pki.kubeletClientKey}`,
    // No name server knows their names.
    '--kubelet-preferred-address-types=InternalIP',
    `--service-account-key-file=${pki.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${pki.serviceAccountPrivateKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=Node,RBAC',
    `--enable-admission-plugins=${['NodeRestriction', ...admission].join(',')}`,
    '--allow-privileged',
    '--profiling=false',
  ]
}

const everyController = ['*', 'bootstrapsigner', 'tokencleaner']

export interface Rate {
  readonly qps: number
  readonly burst: number
}

export interface ControllerManagerOptions {
  readonly controllers?: readonly string[]
  readonly controllerManagerRate?: Rate
  readonly nodeMonitorGraceSeconds?: number
}

export function controllerManagerFlags({ dir, ports, pki, users }: Site, options: ControllerManagerOptions = {}): string[] {
  // With the default of 20 requests a second it takes 5 s to get the credentials of all its controllers.
  const { controllers = everyController, controllerManagerRate: rate = { qps: 200, burst: 400 }, nodeMonitorGraceSeconds: grace } = options
  return [
    `--kubeconfig=${users.components['system:kube-controller-manager'].kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.controllerManager}`,
    `--tls-cert-file=${pki.servingCertificate}`,
    `--tls-private-key-file=${pki.servingKey}`,
    '--leader-elect=false',
    `--controllers=${controllers.join(',')}`,
    `--kube-api-qps=${rate.qps}`,
    `--kube-api-burst=${rate.burst}`,
    '--use-service-account-credentials',
    `--service-account-private-key-file=${pki.serviceAccountPrivateKey}`,
    `--root-ca-file=${pki.caCertificate}`,
    `--cluster-signing-cert-file=${pki.caCertificate}`,
    `--cluster-signing-key-file=${pki.caKey}`,
    // Its default lies in /usr/libexec, and the folder is made when it is missing.
    `--flex-volume-plugin-dir=${join(dir, 'flexvolume')}`,
    // It looks every 5 s, which would be added to a short time.
    ...(grace === undefined ? [] : [`--node-monitor-grace-period=${grace}s`, '--node-monitor-period=1s']),
    '--profiling=false',
  ]
}

export function schedulerFlags({ ports, pki, users }: Site): string[] {
  return [
    `--kubeconfig=${users.components['system:kube-scheduler'].kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.scheduler}`,
    `--tls-cert-file=${pki.servingCertificate}`,
    `--tls-private-key-file=${pki.servingKey}`,
    '--leader-elect=false',
    '--profiling=false',
  ]
}
