import type { Interruption } from '@kube-node/core/provider'
import { expect, test } from 'vitest'
import { interruptionOf } from './event.ts'
import { type Maintained, maintenanceOf } from './maintenance.ts'

const insertTime = '2026-11-26T03:00:00.000-08:00'

test.each<[string, string, Interruption | undefined]>([
  [
    'a preempted instance goes half a minute after Google has begun',
    'compute.instances.preempted',
    { id: '1', reason: 'Google takes this spot instance back (preempted)', at: '2026-11-26T11:00:30.000Z' },
  ],
  ['a failed host is looked at', 'compute.instances.hostError', { id: '1', reason: 'Google says that its host failed', kind: 'change' }],
  [
    'so is what Google has ended for its work',
    'compute.instances.terminateOnHostMaintenance',
    { id: '1', reason: 'Google ended it to work on its host', kind: 'change' },
  ],
  ['a migration changes nothing', 'compute.instances.migrateOnHostMaintenance', undefined],
  ['what people do is no event', 'delete', undefined],
])('%s', (_, operationType, said) => expect(interruptionOf({ id: 'o', operationType, targetId: '1', insertTime })).toEqual(said))

test('a preemption without its time may be over at any moment, and one of nothing says nothing', () => {
  expect(interruptionOf({ id: 'o', operationType: 'compute.instances.preempted', targetId: '1' })).toMatchObject({ at: '' })
  expect(interruptionOf({ id: 'o', operationType: 'compute.instances.preempted' })).toBeUndefined()
})

const window = { type: 'SCHEDULED', maintenanceStatus: 'PENDING', windowStartTime: '2026-12-01T04:00:00.000-08:00' }
const instance = (onHostMaintenance: string, upcomingMaintenance?: object): Maintained => ({
  id: '1',
  scheduling: { onHostMaintenance },
  ...(upcomingMaintenance && { resourceStatus: { upcomingMaintenance } }),
})

test.each<[string, Maintained, Interruption | undefined]>([
  [
    'an instance that maintenance ends is drained before it begins',
    instance('TERMINATE', window),
    { id: '1', reason: 'Google is going to work on its host (SCHEDULED), and ends it for that', at: '2026-12-01T12:00:00.000Z' },
  ],
  [
    'of a window without a beginning it is only advised',
    instance('TERMINATE', { type: 'UNSCHEDULED' }),
    { id: '1', reason: 'Google is going to work on its host (UNSCHEDULED), and ends it for that' },
  ],
  ['one that migrates notices nothing', instance('MIGRATE', window), undefined],
  ['without maintenance there is nothing to say', instance('TERMINATE'), undefined],
])('%s', (_, given, said) => expect(maintenanceOf(given)).toEqual(said))
