import type { Interruption } from '@kube-node/core/provider'

/** What Google has done to an instance, or is about to do: https://cloud.google.com/compute/docs/reference/rest/v1/zoneOperations */
export interface SystemEvent {
  readonly id: string
  readonly operationType: string
  /** Id of the instance. */
  readonly targetId?: string
  /** RFC 3339, with the offset of Google's own time zone. */
  readonly insertTime?: string
}

/** From the signal to the end: https://cloud.google.com/compute/docs/instances/preemptible#preemption-process */
const preemptionMs = 30_000

const preempted = 'compute.instances.preempted'
/** What has befallen an instance already: https://cloud.google.com/compute/docs/troubleshooting/troubleshooting-reboots */
const befallen: ReadonlyMap<string, string> = new Map([
  ['compute.instances.hostError', 'Google says that its host failed'],
  ['compute.instances.terminateOnHostMaintenance', 'Google ended it to work on its host'],
  ['compute.instances.guestTerminate', 'it was shut down from within'],
])

/** For a list of operations. Its parts are told apart by parentheses. */
export const eventFilter: string = [preempted, ...befallen.keys()].map(type => `(operationType = "${type}")`).join(' OR ')

/** Pure: what an operation says of an instance. Undefined for one of another kind. */
export const interruptionOf = ({ operationType, targetId, insertTime }: SystemEvent): Interruption | undefined => {
  if (targetId === undefined || targetId === '') return undefined
  if (operationType === preempted) {
    const begun = timeOf(insertTime)
    // Without its time nobody knows how much of the half minute is left.
    const at = begun === undefined ? '' : new Date(begun + preemptionMs).toISOString()
    return { id: targetId, reason: 'Google takes this spot instance back (preempted)', at }
  }
  const reason = befallen.get(operationType)
  return reason === undefined ? undefined : { id: targetId, reason, kind: 'change' }
}

/** Milliseconds; undefined for what is no time. */
export const timeOf = (text: string | undefined): number | undefined => {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : time
}
