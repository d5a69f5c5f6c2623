import { type Condition, type NodeSet, annotations } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { classOf, classesOf, keptAs, setOf } from '../facts.fixture.ts'
import { type RolloutFacts, describeRollout } from './describe.ts'

const classes = classesOf(classOf({ image: 'two' }))
const revision = keptAs(2, setOf(), classes).name
const condition = (type: string, status: Condition['status'], reason: string, message: string): Condition => ({
  type,
  status,
  reason,
  message,
})
const working = condition('Progressing', 'True', 'Working', 'nodes are being replaced')
const complete = condition('Progressing', 'True', 'Complete', 'every node is as it should be')

interface Story {
  readonly spec?: Partial<NodeSet['spec']>
  readonly status?: NodeSet['status']
  readonly generation?: number
  readonly deleted?: boolean
  readonly half?: boolean
  readonly facts?: Partial<RolloutFacts>
}
const factsOf = ({ spec, status, generation = 1, deleted, half, facts }: Story): RolloutFacts => ({
  set: {
    ...setOf({ replicas: 20, ...spec }),
    metadata: {
      name: 'workers',
      generation,
      ...(deleted && { deletionTimestamp: 'now' }),
      ...(half && { annotations: { [annotations.undo]: '{"to":"a"}' } }),
    },
    status: {
      observedGeneration: 1,
      updateRevision: revision,
      replicas: 20,
      updatedReplicas: 20,
      availableReplicas: 20,
      conditions: [working],
      ...status,
    },
  },
  classes,
  going: 0,
  waiting: [],
  controller: { controller: 'c', lease: 'l', state: 'acting', why: '', next: '' },
  ...facts,
})
const waiting = (rest: string): string => `Waiting for nodeset "workers" rollout to finish: ${rest}...`
const unobserved = 'Waiting for nodeset spec update to be observed...'
const paused = 'it is paused: kube-node rollout resume nodeset/workers lets it roll'

describe('a rollout says how far it is and what it waits for:', () => {
  it.each<readonly [string, Story, readonly [string, string, ...string[]]]>([
    ['a spec that nobody has looked at', { generation: 2 }, ['progress', unobserved]],
    ['a class that nobody has looked at', { status: { updateRevision: 'aold', conditions: [complete] } }, ['progress', unobserved]],
    ['a set that nobody has looked at', { status: { observedGeneration: 0, conditions: [] } }, ['progress', unobserved]],
    [
      'classes that may not be read',
      { status: { updateRevision: 'aold', conditions: [complete] }, facts: { classes: undefined } },
      ['complete', 'nodeset "workers" successfully rolled out'],
    ],
    [
      'revisions of a controller that names them otherwise',
      { status: { updateRevision: 'znew', conditions: [complete] } },
      ['complete', 'nodeset "workers" successfully rolled out'],
    ],
    ['new nodes to be made', { status: { updatedReplicas: 3 } }, ['progress', waiting('3 out of 20 new nodes have been updated')]],
    ['old nodes to go', { status: { replicas: 22 } }, ['progress', waiting('2 old nodes are pending termination')]],
    ['nodes to become available', { status: { availableReplicas: 19 } }, ['progress', waiting('19 of 20 updated nodes are available')]],
    ['deleted nodes to be gone', { facts: { going: 3 } }, ['progress', waiting('3 deleted nodes are not gone yet')]],
    ['the end', { status: { conditions: [complete] } }, ['complete', 'nodeset "workers" successfully rolled out']],
    [
      'the end, though somebody has to delete nodes',
      { status: { updatedReplicas: 18, conditions: [complete] } },
      ['complete', 'nodeset "workers" keeps 2 old nodes until somebody deletes them (strategy OnDelete)'],
    ],
    [
      'a deadline',
      { status: { conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'nothing has moved')] } },
      ['failed', 'nodeset "workers" exceeded its progress deadline', 'nothing has moved'],
    ],
    [
      'no deadline of an earlier spec',
      { generation: 2, status: { conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'nothing has moved')] } },
      ['progress', unobserved, 'nothing has moved'],
    ],
    ['its deletion', { deleted: true }, ['failed', 'nodeset "workers" is being deleted']],
    [
      'somebody who resumes it',
      {
        spec: { paused: true },
        status: { updatedReplicas: 3, conditions: [condition('Progressing', 'Unknown', 'Paused', 'the set is paused')] },
      },
      ['paused', waiting('3 out of 20 new nodes have been updated'), paused],
    ],
    [
      'an undo that is half done, and is never complete',
      { half: true, status: { conditions: [complete] } },
      ['progress', waiting('its last steps'), expect.stringContaining('kube-node rollout undo nodeset/workers finishes it')],
    ],
    [
      'nodes that somebody keeps, and what is wrong',
      {
        status: {
          updatedReplicas: 19,
          conditions: [
            condition('Progressing', 'True', 'Working', 'a: its revision is old; it is kept'),
            condition('Degraded', 'True', 'RepairFrozen', 'too many'),
            condition('RepairFrozen', 'True', 'TooManyUnhealthy', 'too many are sick'),
          ],
        },
        facts: { waiting: ['b: EvictionRefused: waits for web-1'] },
      },
      [
        'progress',
        waiting('19 out of 20 new nodes have been updated'),
        'RepairFrozen: too many',
        'TooManyUnhealthy: too many are sick',
        'a: its revision is old; it is kept',
        'b: EvictionRefused: waits for web-1',
      ],
    ],
    [
      'a class that is not ready',
      {
        status: { updateRevision: 'aold' },
        facts: {
          classes: classesOf({ ...classOf({}), status: { conditions: [condition('Ready', 'False', 'InvalidConfig', 'no region')] } }),
        },
      },
      ['progress', unobserved, 'NodeClass "small" is not ready: InvalidConfig: no region'],
    ],
    [
      'a class that is missing',
      { facts: { classes: classesOf() } },
      ['progress', waiting('its last steps'), 'there is no NodeClass "small"'],
    ],
    [
      'somebody who acts at all',
      { facts: { controller: { controller: 'c', lease: 'l', state: 'absent', why: 'no controller runs', next: 'start one' } } },
      ['progress', waiting('its last steps'), 'no controller runs; start one'],
    ],
  ])('%s', (_name, story, [state, message, ...why]) => {
    expect(describeRollout(factsOf(story))).toMatchObject({ state, message, why })
  })

  it('with its numbers', () => {
    const story = { status: { replicas: 21, updatedReplicas: 3, availableReplicas: 19 }, facts: { going: 1 } }
    expect(describeRollout(factsOf(story))).toMatchObject({ desired: 20, updated: 3, old: 18, available: 19, going: 1, revision })
  })
})
