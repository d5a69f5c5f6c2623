const condition = (type: string, status: string, reason: string, now: string): object => ({
  type,
  status,
  reason,
  message: `kubelet says ${reason}`,
  lastHeartbeatTime: now,
  lastTransitionTime: now,
})

/** What a kubelet whose node is ready posts as its status: as large as that of a real one without images and volumes. */
export const nodeStatus = (nodeName: string, address: string, atMs: number): object => {
  const now = new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z')
  const resources = { cpu: '4', memory: '16Gi', pods: '110', 'ephemeral-storage': '40Gi' }
  return {
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', now),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', now),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', now),
      condition('Ready', 'True', 'KubeletReady', now),
    ],
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: nodeName },
    ],
    capacity: resources,
    allocatable: resources,
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      machineID: 'bench',
      systemUUID: 'bench',
      bootID: 'bench',
      kernelVersion: '6.12.0',
      osImage: 'Debian GNU/Linux 13 (trixie)',
      containerRuntimeVersion: 'containerd://2.1.0',
      kubeletVersion: 'v1.37.2',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
}
