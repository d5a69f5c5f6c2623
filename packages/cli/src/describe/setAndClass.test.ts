import type { Condition, NodeSet } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { absent, acting, at, nodeClass, said } from './facts.fixture.ts'
import { type ClassFacts, describeClass } from './nodeClass.ts'
import { type SetFacts, describeSet } from './set.ts'

interface SetStory {
  readonly spec?: Partial<NodeSet['spec']>
  readonly metadata?: NodeSet['metadata']
  readonly conditions?: readonly Condition[]
  readonly observedGeneration?: number
  readonly facts?: Partial<SetFacts>
}
const working = [said('Progressing', 'True', 'Working', 'nodes are being created', 10), said('Reconciling', 'True', 'Working', '', 10)]
const noController = 'no controller runs: there is no Lease kube-node-system/kube-node'

describe('a set tells why it is not as it should be:', () => {
  it.each<readonly [string, SetStory, readonly [string, string]]>([
    ['settled', {}, ['ok', '']],
    ['working', { conditions: working }, ['progress', 'nodes are being created']],
    ['no class', { facts: { nodeClass: 'missing' } }, ['trouble', 'there is no NodeClass "small"']],
    ['a class that may not be read', { facts: { nodeClass: 'unreadable' } }, ['ok', '']],
    [
      'a shortfall, before the work that goes on',
      { conditions: [...working, said('Stalled', 'True', 'LimitReached', '2 nodes are missing', 10)] },
      ['trouble', 'LimitReached: 2 nodes are missing'],
    ],
    [
      'a deadline',
      { conditions: [said('Progressing', 'False', 'ProgressDeadlineExceeded', '30 min are over', 10)] },
      ['trouble', 'ProgressDeadlineExceeded: 30 min are over'],
    ],
    ['paused', { spec: { paused: true } }, ['ok', 'paused']],
    ['a spec that nobody has seen', { observedGeneration: 1 }, ['progress', 'nobody has looked at its newest spec']],
    [
      'deleted',
      { metadata: { deletionTimestamp: at(20), finalizers: ['foregroundDeletion'] } },
      ['progress', 'it was deleted; its nodes go first'],
    ],
    ['no controller', { conditions: working, facts: { controller: absent } }, ['trouble', noController]],
    ['no controller, and nothing to do', { facts: { controller: absent } }, ['ok', '']],
  ])('%s', (_name, { spec, metadata, conditions = [], observedGeneration = 2, facts }, [state, why]) => {
    const set: NodeSet = {
      metadata: { name: 'workers', generation: 2, creationTimestamp: at(0), ...metadata },
      spec: { nodeClassName: 'small', ...spec },
      status: { observedGeneration, conditions },
    }
    expect(describeSet({ set, nodeClass: nodeClass(), controller: acting, ...facts })).toMatchObject({ state, why })
  })
})

describe('a class tells why no machines are made of it:', () => {
  it.each<readonly [string, Partial<ClassFacts>, readonly [string, string, string]]>([
    ['usable', {}, ['True', 'ok', '']],
    [
      'refused',
      { nodeClass: nodeClass({}, [said('Ready', 'False', 'InvalidConfig', 'no region', 3)]) },
      ['False', 'trouble', 'InvalidConfig: no region'],
    ],
    [
      'new',
      { nodeClass: { metadata: { name: 'small', generation: 1 }, spec: { provider: 'p' } } },
      ['Unknown', 'progress', 'nobody has looked at it'],
    ],
    [
      'edited',
      { nodeClass: { ...nodeClass(), metadata: { name: 'small', generation: 2 } } },
      ['True', 'progress', 'nobody has looked at its newest spec'],
    ],
    ['full', { nodeClass: nodeClass({ limits: { nodes: 2 } }), nodes: 2 }, ['True', 'ok', '']],
    [
      'more than full',
      { nodeClass: nodeClass({ limits: { nodes: 2 } }), nodes: 5 },
      ['True', 'trouble', '3 of its 5 claims wait: spec.limits.nodes is 2'],
    ],
    [
      'deleted and in use',
      { nodeClass: { ...nodeClass(), metadata: { name: 'small', deletionTimestamp: at(20) } }, nodes: 1 },
      ['True', 'progress', 'it was deleted; 1 node uses it and keeps it'],
    ],
    [
      'deleted, with machines that may be left',
      {
        nodeClass: {
          ...nodeClass(),
          metadata: { name: 'small', deletionTimestamp: at(20) },
          status: { connections: [{ provider: 'p', config: {} }] },
        },
      },
      ['Unknown', 'progress', 'it was deleted; machines of it may be left, and keep it'],
    ],
    [
      'new, and no controller',
      { nodeClass: { metadata: { name: 'small' }, spec: { provider: 'p' } }, controller: absent },
      ['Unknown', 'trouble', noController],
    ],
  ])('%s', (_name, facts, [ready, state, why]) => {
    expect(describeClass({ nodeClass: nodeClass(), controller: acting, nodes: 0, ...facts })).toMatchObject({ ready, state, why })
  })
  it('tells what floats in its config, where anything does', () => {
    const resolved = [{ field: 'image.name', value: 'ubuntu-v1' }]
    const facts = { controller: acting, nodes: 0 }
    const floating = { ...nodeClass(), status: { ...nodeClass().status, resolved } }
    expect(describeClass({ nodeClass: floating, ...facts })).toMatchObject({ resolved, state: 'ok' })
    expect(describeClass({ nodeClass: nodeClass(), ...facts })).not.toHaveProperty('resolved')
  })
})
