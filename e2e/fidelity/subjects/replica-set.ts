import { oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

const container = { name: 'c', image: 'registry.test/c:1' }
const selector = { matchLabels: { app: 'a' } }
const template = (spec: Fields): Fields => ({ metadata: { labels: { app: 'a' } }, spec })

/** For apply and scale on a built-in kind with lists of all sorts. Its contents are valid: what is wrong with pods is asked of pods. */
export const replicaSet: Subject = subject({
  content: oneOf<Fields>(
    { spec: { selector, template: template({ containers: [container] }) } },
    { spec: { replicas: 2, selector, template: template({ containers: [container] }) } },
    {
      spec: {
        replicas: 0,
        minReadySeconds: 5,
        selector,
        template: template({
          containers: [
            { ...container, ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }], env: [{ name: 'A', value: 'x' }] },
            { name: 'd', image: 'registry.test/d:1' },
          ],
        }),
      },
    },
    {
      spec: {
        selector,
        template: template({
          containers: [
            {
              ...container,
              env: [
                { name: 'B', value: 'y' },
                { name: 'A', value: 'z' },
              ],
              args: ['x', 'y'],
            },
          ],
          tolerations: [{ key: 'k', operator: 'Exists' }],
          nodeSelector: { zone: 'a' },
        }),
      },
    },
  ),
  edits: [
    { spec: { replicas: 3 } },
    { spec: { replicas: 1, minReadySeconds: 2 } },
    { spec: { replicas: null } },
    { spec: { template: { spec: { containers: [{ name: 'c', image: 'registry.test/c:2' }] } } } },
    { spec: { template: { spec: { containers: [{ name: 'c', image: 'registry.test/c:1', env: [{ name: 'C', value: 'w' }] }] } } } },
    { spec: { template: { metadata: { labels: { app: 'a', more: 'b' } } } } },
    { spec: { template: { spec: { nodeSelector: { zone: 'b', disk: 'c' } } } } },
  ],
  status: [
    { replicas: 2, readyReplicas: 1 },
    { replicas: 1, conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'Some' }] },
    { conditions: [{ type: 'Other', status: 'False' }] },
  ],
  patches: [
    [{ op: 'replace', path: '/spec/replicas', value: 4 }],
    [{ op: 'add', path: '/spec/template/spec/containers/0/env', value: [{ name: 'A', value: 'p' }] }],
  ],
})
