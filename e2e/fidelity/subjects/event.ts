import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const event: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      {
        involvedObject: { kind: 'ConfigMap', namespace: '{id}-x', name: 'a' },
        reason: 'Made',
        message: 'made it',
        type: 'Normal',
        count: 1,
        firstTimestamp: '2020-01-01T00:00:00Z',
        lastTimestamp: '2020-01-01T00:00:00Z',
        source: { component: 'fidelity' },
      },
      {
        involvedObject: { kind: 'ConfigMap', namespace: '{id}-x', name: 'b' },
        reason: 'Lost',
        type: 'Warning',
        reportingComponent: 'fidelity.test/c',
        reportingInstance: 'i',
        action: 'Look',
        eventTime: '2020-01-01T00:00:00.000000Z',
      },
    ),
    oneOf<Fields>(
      {},
      { involvedObject: { namespace: 'elsewhere' } },
      { involvedObject: { namespace: '{id}-x' }, type: 'Odd' },
      { involvedObject: {} },
      { involvedObject: { namespace: '{id}-x' }, eventTime: '2020-01-01T00:00:00.000000Z' },
    ),
  ),
  edits: [
    { count: 2 },
    { message: 'again' },
    { reason: 'Other' },
    { involvedObject: { name: 'c' } },
    { series: { count: 2, lastObservedTime: '2020-01-01T00:00:00.000000Z' } },
  ],
})
