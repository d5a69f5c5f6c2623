import type { Interruption } from '@kube-node/core/provider'
import { z } from 'zod'

/** What EC2 gives from the warning to the interruption ("Spot Instance interruption notices"). */
const spotNoticeMs = 120_000
const instanceId = /(?:^|\/)(i-[0-9a-f]+)$/

const envelope = z.object({
  source: z.string(),
  'detail-type': z.string(),
  time: z.string().optional(),
  detail: z.record(z.string(), z.unknown()),
})
const ofInstance = z.object({
  'instance-id': z.string().regex(instanceId),
  'instance-action': z.string().optional(),
  'instance-termination-time': z.string().optional(),
  state: z.string().optional(),
})
const health = z.object({
  service: z.literal('EC2'),
  eventTypeCode: z.string(),
  eventTypeCategory: z.literal('scheduledChange'),
  startTime: z.string().optional(),
  statusCode: z.string().optional(),
  affectedEntities: z.array(z.object({ entityValue: z.string() })),
})

type Envelope = z.output<typeof envelope>

/** Pure: what an EventBridge event says of instances. Nothing of an event of another kind, and of a text that is none. */
export const interruptionsIn = (body: string): readonly Interruption[] => {
  const event = envelope.safeParse(json(body))
  if (!event.success) return []
  const { source, 'detail-type': type } = event.data
  return readers.get(`${source}: ${type}`)?.(event.data) ?? []
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

type OfInstance = z.output<typeof ofInstance>

const reader =
  (read: (instance: OfInstance, event: Envelope) => Omit<Interruption, 'id'> | undefined) =>
  (event: Envelope): readonly Interruption[] => {
    const { data } = ofInstance.safeParse(event.detail)
    const said = data && read(data, event)
    return said ? [{ id: data['instance-id'], ...said }] : []
  }

/** `hibernate` begins with the warning; the others come two minutes after it. */
const spotInterruption = reader(({ 'instance-action': action = 'terminate' }, { time }) => {
  const told = Date.parse(time ?? '')
  return {
    reason: `EC2 interrupts this spot instance (${action})`,
    // Without its time nobody knows how much of the two minutes is left.
    at: Number.isNaN(told) ? '' : new Date(told + (action === 'hibernate' ? 0 : spotNoticeMs)).toISOString(),
  }
})

const reservationInterruption = reader(({ 'instance-termination-time': at }, { time }) => ({
  reason: 'the owner of its interruptible capacity reservation takes the capacity back',
  at: at ?? time ?? '',
}))

const rebalance = reader(() => ({ reason: 'EC2 recommends to replace this spot instance (rebalance recommendation)' }))

/** States in which it does not serve. Of those that lead to a machine that runs, lists tell in time. */
const leaving: ReadonlySet<string> = new Set(['stopping', 'stopped', 'shutting-down', 'terminated'])

const stateChange = reader(({ state = '' }) =>
  leaving.has(state) ? { reason: `EC2 says that its state is ${state}`, kind: 'change' } : undefined,
)

/** Only these end it. After the others (a reboot, maintenance of power or network) it is there again. */
const endsInstance = /RETIREMENT|TERMINATION|_STOP_/

const scheduledChange = ({ detail }: Envelope): readonly Interruption[] => {
  const { data } = health.safeParse(detail)
  if (!data || data.statusCode === 'closed') return []
  const start = Date.parse(data.startTime ?? '')
  const at = Number.isNaN(start) ? undefined : new Date(start).toISOString()
  const ends = endsInstance.test(data.eventTypeCode) && at !== undefined
  const reason = `AWS Health: ${data.eventTypeCode}${ends || at === undefined ? '' : `, from ${at}`}`
  return data.affectedEntities.flatMap(({ entityValue }) => {
    const id = instanceId.exec(entityValue)?.[1]
    return id === undefined ? [] : [{ id, reason, ...(ends && { at }) }]
  })
}

const readers: ReadonlyMap<string, (event: Envelope) => readonly Interruption[]> = new Map([
  ['aws.ec2: EC2 Spot Instance Interruption Warning', spotInterruption],
  ['aws.ec2: EC2 Interruptible Capacity Reservation Instance Interruption Warning', reservationInterruption],
  ['aws.ec2: EC2 Instance Rebalance Recommendation', rebalance],
  ['aws.ec2: EC2 Instance State-change Notification', stateChange],
  ['aws.health: AWS Health Event', scheduledChange],
])
