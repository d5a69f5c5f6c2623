import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const nodeSet: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      { spec: { nodeClassName: 'small' } },
      { spec: { nodeClassName: 'small', replicas: 3, strategy: { type: 'OnDelete' } } },
      { spec: { nodeClassName: 'small', strategy: { rollingUpdate: { maxSurge: '25%' } } } },
    ),
    oneOf<Fields>(
      {},
      { spec: {} },
      { spec: { nodeClassName: 'small', replicas: -1 } },
      { spec: { nodeClassName: 'Small_' } },
      { spec: { nodeClassName: 'small', strategy: { rollingUpdate: { maxSurge: 0 } } } },
      { spec: { nodeClassName: 'small', strategy: { type: 'OnDelete', rollingUpdate: {} } } },
      { spec: { nodeClassName: 'small', minReadySeconds: 4000 } },
      { spec: { nodeClassName: 'small', maxLifetime: 'long' } },
      { spec: { nodeClassName: 'small', replicas: '3' } },
    ),
  ),
  edits: [
    { spec: { replicas: 5 } },
    { spec: { replicas: null } },
    { spec: { template: { labels: { a: 'b' } } } },
    { spec: { template: { taints: [{ key: 'a', effect: 'NoSchedule' }] } } },
    { spec: { template: { taints: [{ key: 'a' }] } } },
    { spec: { repair: { maxUnhealthy: '40%', unhealthy: [{ type: 'Ready', status: 'False', after: '5m' }] } } },
    { spec: { repair: { unhealthy: [{ type: 'Ready', status: 'Odd', after: '5m' }] } } },
  ],
  status: [{ replicas: 2, readyReplicas: 1, selector: 'a=b' }, { readyReplicas: -1 }],
})
