import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

const container = { name: 'c', image: 'registry.test/c:1' }

export const pod: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      { spec: { containers: [container] } },
      { spec: { containers: [container], nodeName: '{id}-a' } },
      {
        spec: {
          containers: [{ ...container, resources: { requests: { cpu: '0.5', memory: '1Gi' } }, ports: [{ containerPort: 80 }] }],
          terminationGracePeriodSeconds: 0,
        },
      },
      {
        spec: {
          containers: [
            { ...container, env: [{ name: 'A', value: 'b' }], args: ['x'] },
            { name: 'd', image: 'registry.test/d' },
          ],
          restartPolicy: 'Never',
          tolerations: [{ key: 'k', operator: 'Exists' }],
        },
      },
      { spec: { containers: [container], nodeName: '{id}-b', terminationGracePeriodSeconds: 5 } },
    ),
    oneOf<Fields>(
      {},
      { spec: {} },
      { spec: { containers: [] } },
      { spec: { containers: [{ name: 'c' }] } },
      { spec: { containers: [container, container] } },
      { spec: { containers: [{ ...container, name: 'C_' }] } },
      { spec: { containers: [container], restartPolicy: 'Sometimes' } },
      { spec: { containers: [{ ...container, resources: { requests: { cpu: 'lots' } } }] } },
      { spec: { containers: [{ ...container, ports: [{ containerPort: 0 }] }] } },
      { spec: { containers: [container], unknown: 1 } },
      { spec: { containers: [container], terminationGracePeriodSeconds: -1 } },
      { spec: { containers: [container], tolerations: [{ key: 'k', operator: 'Maybe' }] } },
      { spec: { containers: [container], nodeSelector: { 'a b': 'c' } } },
      { spec: { containers: container } },
    ),
  ),
  edits: [
    { spec: { containers: [{ ...container, image: 'registry.test/c:2' }] } },
    { spec: { activeDeadlineSeconds: 30 } },
    { spec: { nodeName: '{id}-c' } },
    { spec: { terminationGracePeriodSeconds: 1 } },
    { spec: { tolerations: [{ key: 'new', operator: 'Exists', effect: 'NoSchedule' }] } },
    { spec: { restartPolicy: 'OnFailure' } },
    { spec: { containers: [] } },
    { status: { phase: 'Running' } },
  ],
  status: [
    { phase: 'Running', podIP: '10.0.0.1' },
    { phase: 'Succeeded' },
    { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2020-01-01T00:00:00Z' }] },
    { phase: 'Odd' },
    { phase: 5 },
    { hostIP: 'nowhere' },
  ],
  patches: [
    [{ op: 'replace', path: '/spec/containers/0/image', value: 'registry.test/c:3' }],
    [{ op: 'remove', path: '/spec/containers' }],
  ],
})
