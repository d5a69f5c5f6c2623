import { hasTaint, taints } from '../../api/index.ts'
import { mustGo, podName } from '../../claim/index.ts'
import type { NodeFacts } from '../facts.ts'
import type { NodeStep } from '../step.ts'
import { describeAttachments } from './words.ts'

/**
 * A machine is gone, and pods that ran on it or volumes that were attached to it are still on the books: a StatefulSet makes
 * no successor before its pod is gone, and no other node gets the volume. The taint out-of-service tells Kubernetes that
 * nothing runs there any more (KEP-2268), so that it deletes the pods by force and detaches at once. It must stand on the Node,
 * so the finalizer waits for it, for as long as spec.timeouts.volumeDetach says. Undefined when there is nothing to wait for.
 */
export const planAftermath = ({ node, pods, attachments, flight, now, timeouts }: NodeFacts): NodeStep | undefined => {
  const left = pods.filter(mustGo)
  if (left.length === 0 && attachments.length === 0) return undefined
  if (flight.goneAt === undefined || !hasTaint(node.spec?.taints, { key: taints.outOfService })) return { do: 'outOfService' }
  const afterMs = flight.goneAt + timeouts.volumeDetachMs - now.monotonic
  if (afterMs <= 0) return undefined
  const names = left.map(podName).toSorted()
  const held = [
    ...(names.length > 0 ? [`pods to be removed: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`] : []),
    ...(attachments.length > 0 ? [describeAttachments(attachments)] : []),
  ]
  return { do: 'awaitDrained', reason: 'OutOfService', message: `the machine is gone; ${held.join('; ')}`, afterMs }
}
