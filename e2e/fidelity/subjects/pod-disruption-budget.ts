import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const podDisruptionBudget: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      { spec: { minAvailable: 1, selector: { matchLabels: { none: 'such' } } } },
      { spec: { maxUnavailable: '50%', selector: { matchLabels: { none: 'such' } } } },
      { spec: { selector: { matchLabels: { none: 'such' } }, unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
    ),
    oneOf<Fields>(
      { spec: { minAvailable: 1, maxUnavailable: 1, selector: { matchLabels: { none: 'such' } } } },
      { spec: { minAvailable: -1, selector: { matchLabels: { none: 'such' } } } },
      { spec: { minAvailable: 'half', selector: { matchLabels: { none: 'such' } } } },
      { spec: { minAvailable: '101%', selector: { matchLabels: { none: 'such' } } } },
      { spec: { unhealthyPodEvictionPolicy: 'Odd', selector: { matchLabels: { none: 'such' } } } },
    ),
  ),
  edits: [
    { spec: { minAvailable: 2 } },
    { spec: { maxUnavailable: 0, minAvailable: null } },
    { spec: { selector: { matchLabels: { other: 'x' } } } },
    { spec: { minAvailable: '10%' } },
  ],
  status: [
    { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2, observedGeneration: 1 },
    { disruptionsAllowed: -1 },
    {
      conditions: [
        { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '', lastTransitionTime: '2020-01-01T00:00:00Z' },
      ],
    },
  ],
})
