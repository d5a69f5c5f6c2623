import { type Event, Events, apiVersionOf } from '../../api/index.ts'
import type { EventToRecord } from './regarding.ts'

/** Repeats of one event, and what the API server knows of them. */
export interface Series {
  readonly event: EventToRecord
  readonly namespace: string
  readonly name: string
  readonly firstTimestamp: string
  lastTimestamp: string
  count: number
  created: boolean
}

const longestMessage = 1_024

/** @param uid - Makes its name that of no other. @param time - When it first happened. */
export const beginSeries = (event: EventToRecord, uid: string, time: string): Series => {
  const { regarding } = event
  const name = regarding.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .slice(0, 200)
  return {
    event,
    // Where the API server wants the events of cluster-scoped objects, and kubectl describe looks for them.
    namespace: regarding.namespace ?? 'default',
    // The name is chosen before the first write, so that one whose answer was lost can be repeated.
    name: `${name}.${uid.replaceAll('-', '')}`,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 0,
    created: false,
  }
}

/** @param instance - Which process tells it. */
export const toEvent = ({ event, namespace, name, count, firstTimestamp, lastTimestamp }: Series, instance: string): Event => ({
  apiVersion: apiVersionOf(Events),
  kind: Events.kind,
  metadata: { namespace, name },
  involvedObject: event.regarding,
  type: event.type,
  reason: event.reason,
  message: event.message,
  count,
  firstTimestamp,
  lastTimestamp,
  source: { component: event.component },
  reportingComponent: event.component,
  reportingInstance: instance,
})

export const objectKey = ({ component, regarding: { apiVersion, kind, namespace, name, uid } }: EventToRecord): string =>
  JSON.stringify([component, apiVersion, kind, namespace, name, uid])

/** @param part - What sets it apart from others of the same object, type and reason. Default: its message. */
export const seriesKey = (event: EventToRecord, part: string | number = event.message): string =>
  JSON.stringify([objectKey(event), event.type, event.reason, part])

/** What is told of the owner: the first of many stands for all of them. */
export const combinedEvent = (event: EventToRecord, owner: EventToRecord['regarding']): EventToRecord => ({
  ...event,
  regarding: owner,
  message: cut(`(combined from similar events, such as that of ${event.regarding.kind} ${event.regarding.name}): ${event.message}`),
})

/** At most 1024 bytes of UTF-8, never through the middle of a character. */
export const cut = (message: string): string => {
  if (Buffer.byteLength(message) <= longestMessage) return message
  const end = '...'
  return `${new TextDecoder().decode(Buffer.from(message).subarray(0, longestMessage - end.length), { stream: true })}${end}`
}
