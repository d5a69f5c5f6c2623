import type { Machine, Owner } from '@kube-node/core/provider'
import type { Server } from './api.ts'

/** The claim's owner as labels: what core knows a machine by when everything else is lost. */
export const labelsOf = ({ cluster, controller, claim, nodeName, attempt }: Owner): Readonly<Record<string, string>> => ({
  'kube-node-cluster': cluster,
  'kube-node-controller': controller,
  'kube-node-claim': claim,
  'kube-node-name': nodeName,
  'kube-node-attempt': String(attempt),
})

/** Read back, never remembered: a server that lacks one of them is somebody else's. */
const ownerOf = ({ labels }: Server): Owner | undefined => {
  const {
    'kube-node-cluster': cluster,
    'kube-node-controller': controller,
    'kube-node-claim': claim,
    'kube-node-name': nodeName,
    'kube-node-attempt': attempt,
  } = labels
  if (!cluster || !controller || !claim || !nodeName || !attempt) return undefined
  return { cluster, controller, claim, nodeName, attempt: Number(attempt) }
}

const states: Readonly<Record<Server['status'], Machine['state']>> = {
  building: 'starting',
  active: 'running',
  deleting: 'stopping',
  deleted: 'gone',
}

export const machineOf = (server: Server): Machine => {
  const owner = ownerOf(server)
  return {
    id: server.id,
    // Exactly what Brook's cloud-controller-manager writes.
    providerID: `brook://${server.location}/${server.id}`,
    ...(owner && { owner }),
    state: states[server.status],
    createdAt: server.created,
    ...(server.private_ip !== undefined && { addresses: [{ type: 'InternalIP', address: server.private_ip }] }),
    region: server.location,
    zone: server.location,
    instanceType: server.type,
  }
}
