import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const lease: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      {},
      { spec: {} },
      {
        spec: {
          holderIdentity: 'me',
          leaseDurationSeconds: 15,
          renewTime: '2020-01-01T00:00:00.000000Z',
          acquireTime: '2020-01-01T00:00:00.000000Z',
          leaseTransitions: 0,
        },
      },
      { spec: { renewTime: '2020-01-01T00:00:00.123456Z' } },
    ),
    oneOf<Fields>(
      { spec: { leaseDurationSeconds: 0 } },
      { spec: { leaseTransitions: -1 } },
      { spec: { renewTime: '2020-01-01T00:00:00Z' } },
      { spec: { renewTime: '2020-01-01T00:00:00.123456789Z' } },
      { spec: { renewTime: 'now' } },
      { spec: { holderIdentity: '' } },
      { spec: { leaseDurationSeconds: '15' } },
      { spec: { strategy: 'OldestEmulationVersion' } },
      { spec: { preferredHolder: 'x' } },
    ),
  ),
  edits: [
    { spec: { holderIdentity: 'you', leaseTransitions: 1 } },
    { spec: { renewTime: '2020-01-01T00:01:00.000000Z' } },
    { spec: { leaseDurationSeconds: -5 } },
    { spec: null },
    { spec: { holderIdentity: null } },
  ],
})
