import { Leases, NodeClasses, type NodeSet, classNamesOfSet, defaultController } from '@kube-node/core/api'
import type { Client } from '@kube-node/core/kube'
import { finder, listUnlessForbidden } from '../cluster/index.ts'
import { type ControllerDescription, describeController } from '../describe/index.ts'
import type { Host } from '../terminal/index.ts'

/** Whether somebody acts for the set, whose first class says who that is. */
export const controllerOfSet = async (host: Host, client: Client, set: NodeSet, namespace: string): Promise<ControllerDescription> => {
  const { signal, runtime } = host
  const leases = await listUnlessForbidden(client, signal)(Leases, { namespace })
  const nodeClass = await finder(client, signal)(NodeClasses, { name: classNamesOfSet(set)[0] ?? '' })
  const controller = typeof nodeClass === 'string' ? defaultController : (nodeClass.spec.controller ?? defaultController)
  return describeController(controller, leases, namespace, runtime.clock.now())
}

/** Nothing comes of what was written while nobody acts on it. */
export const warnOfSilence = async (host: Host, client: Client, set: NodeSet, namespace: string): Promise<void> => {
  const { why, next } = await controllerOfSet(host, client, set, namespace)
  if (why !== '') host.stderr.write(`${why}; ${next}\n`)
}
