import { bootstrapGroup } from '../api/index.ts'
import type { Manifest } from './manifest.ts'
import { binding, clusterBinding, clusterRole, groupSubject, role, rule } from './roles.ts'

/**
 * What a machine may do with its bootstrap token: ask for its first certificate, and read what `kubeadm join` reads.
 * Nobody's request is approved by this: that stays with our approver, which knows the claim. So there is no binding to
 * `system:certificates.k8s.io:certificatesigningrequests:nodeclient` here, and kubeadm's own is for another group.
 */
export const bootstrapRbac = (): readonly Manifest[] => [
  clusterBinding('kube-node:node-bootstrappers', 'system:node-bootstrapper', [joining]),
  // kubeadm looks whether a Node of its name exists already.
  clusterRole('kube-node:kubeadm-join', [rule('', ['nodes'], ['get'])]),
  clusterBinding('kube-node:kubeadm-join', 'kube-node:kubeadm-join', [joining]),
  role('kube-system', 'kube-node:kubeadm-join', [rule('', ['configmaps'], ['get'], ['kubeadm-config', 'kubelet-config', 'kube-proxy'])]),
  binding('kube-system', 'kube-node:kubeadm-join', { kind: 'Role', name: 'kube-node:kubeadm-join' }, [joining]),
]

const joining = groupSubject(bootstrapGroup)
