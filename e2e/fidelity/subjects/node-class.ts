import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const nodeClass: Subject = subject({
  content: mostly(
    oneOf<Fields>({ spec: { provider: 'simulated' } }, { spec: { provider: 'simulated', config: { size: 1 } } }),
    oneOf<Fields>(
      {},
      { spec: {} },
      { spec: { provider: 5 } },
      { spec: { provider: '' } },
      { spec: { provider: 'simulated', unknown: 1 } },
      { spec: { provider: 'simulated', template: { taints: [{ key: 'a', effect: 'Odd' }] } } },
    ),
  ),
  edits: [
    { spec: { config: { size: 2 } } },
    { spec: { provider: 'other' } },
    { spec: { provider: null } },
    { spec: { bootstrap: { type: 'kubeadm' } } },
    { spec: { bootstrap: { type: 'odd' } } },
    { spec: { bootstrap: { files: [{ path: 'relative' }] } } },
    {
      spec: {
        bootstrap: {
          files: [
            { path: '/a', content: 'x' },
            { path: '/a', content: 'y' },
          ],
        },
      },
    },
  ],
  status: [
    { observedGeneration: 1 },
    { conditions: [{ type: 'Ready', status: 'True', reason: 'Valid', message: '', lastTransitionTime: '2020-01-01T00:00:00Z' }] },
    { conditions: [{ type: 'Ready', status: 'Odd' }] },
    { unknown: 1 },
  ],
})
