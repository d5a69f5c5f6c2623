import { busyboxArchive, busybox } from './image.ts'

/** What an administrator says of machines whose kernel has the old interface for cgroups, and whose root has less power than elsewhere. */
const kubeletSettings = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failSwapOn: false
`

const network = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [{ type: 'ptp', ipam: { type: 'host-local', subnet: '10.244.0.0/24', routes: [{ dst: '0.0.0.0/0' }] } }],
}

/** What a class says of machines like these, beside how they are made. */
export const files: readonly object[] = [
  { path: '/etc/kubernetes/kubelet.conf.d/50-this-kernel.conf', content: kubeletSettings },
  { path: '/etc/cni/net.d/10-pods.conflist', content: JSON.stringify(network) },
  // A kubelet does not take these for an existing Node: they must come from us.
  { path: '/etc/default/kubelet', content: 'KUBELET_EXTRA_ARGS="--node-labels=tier=forged,rank=high --v=2"\n' },
]

const classOf = (name: string, bootstrap: object): object => ({
  apiVersion: 'kube-node.dev/v1alpha1',
  kind: 'NodeClass',
  metadata: { name },
  spec: {
    provider: 'namespaces',
    config: { rack: 'a' },
    template: { labels: { tier: 'web' }, taints: [{ key: 'example.com/only', value: 'stories', effect: 'NoSchedule' }] },
    bootstrap: { type: 'kubelet', files, ...bootstrap },
  },
})

/** In the place of a container runtime: takes calls, and answers none. */
const deaf = {
  path: '/usr/local/bin/be-deaf',
  permissions: '0755',
  content: `#!/usr/bin/python3
import os, socket, time
os.makedirs("/run/containerd")
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind("/run/containerd/containerd.sock")
    listener.listen()
    time.sleep(3600)
`,
}
/** The command of class halfway that keeps its machines from joining. */
export const obstacle = 'be-deaf >/dev/null 2>&1 &'

export const classes: readonly object[] = [
  // Machines that join by themselves: all that is done on them is said here, or follows from `type`.
  classOf('small', { commands: ['systemctl enable --now containerd', `ctr --namespace k8s.io images import ${busyboxArchive}`] }),
  // They join as soon as somebody starts containerd.
  classOf('late', {}),
  // Their kubelets get a certificate, and no further.
  classOf('halfway', { files: [...files, deaf], commands: [obstacle] }),
]

export const claim = (name: string, className = 'small'): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kube-node.dev/class': className, 'example.com/mine': 'yes' } },
})

/** A pod for any node of that class, which says one word and then sleeps. */
export const pod = (name: string, word: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: 1,
    nodeSelector: { tier: 'web' },
    tolerations: [{ key: 'example.com/only', operator: 'Exists' }],
    containers: [
      {
        name: 'main',
        image: busybox,
        imagePullPolicy: 'Never',
        command: ['/bin/busybox', 'sh', '-c', `echo ${word}; exec /bin/busybox sleep 3600`],
      },
    ],
  },
})

/** As kubeadm publishes it. */
export const clusterInfo = (server: string, caPem: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cluster-info', namespace: 'kube-public' },
  data: {
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: '', cluster: { server, 'certificate-authority-data': Buffer.from(caPem).toString('base64') } }],
    }),
  },
})
