import { type Node, type NodeClass, type NodeSet, NodeClasses, NodeSets, Nodes } from '@kube-node/core/api'
import { type ManualRuntime, manualRuntime } from '@kube-node/core/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readExamples } from './examples.ts'
import { type ScenarioResult, runScenario } from './scenario.ts'
import { summary } from './summary.ts'
import { type World, createWorld } from './world.ts'

/** Names are drawn from these: a chance that is always the same gives each node the same name. */
const chances = Array.from({ length: 997 }, (_, i) => (i * 0.6180339887) % 1)

let runtime: ManualRuntime
let world: World
let stop: AbortController
let running: Promise<void>
let nodeClass: NodeClass
let nodeSet: NodeSet
let node: Node

beforeEach(async () => {
  const examples = await readExamples()
  node = examples.node
  runtime = manualRuntime({ random: chances })
  stop = new AbortController()
  world = await createWorld({ runtime, log: () => undefined, bootTime: '2s' })
  nodeClass = await world.client.create(NodeClasses, examples.nodeClass)
  nodeSet = await world.client.create(NodeSets, examples.nodeSet)
  running = world.run(stop.signal)
})

afterEach(async () => {
  stop.abort(new Error('the test is over'))
  await lasting(running)
  await lasting(world[Symbol.asyncDispose]())
})

/** Time goes on until `work` has settled. */
const lasting = async <T>(work: PromiseLike<T>): Promise<T> => {
  let over = false
  const end = (): void => {
    over = true
  }
  work.then(end, end)
  while (!over) await runtime.advance(50)
  return work
}

const play = (timeoutMs = 60_000): Promise<ScenarioResult> =>
  lasting(
    runScenario({
      client: world.client,
      machines: world.cloud.machines,
      clock: runtime.clock,
      nodeSet,
      node,
      timeoutMs,
      signal: stop.signal,
    }),
  )

describe('the example', () => {
  it('comes up, loses its claim, and leaves a machine for each node', async () => {
    const result = await play()
    expect(result).toMatchObject({ up: 4, leaked: 0, machines: 3 })
    expect(summary(result, nodeSet, node).at(-1)).toMatch(/^ok: 4 nodes up, 1 deleted, 0 machines leaked, \d+\.\d s$/)
    expect(
      world.cloud
        .machines()
        .map(machine => machine.state)
        .toSorted(),
    ).toEqual(['gone', 'running', 'running', 'running'])
    expect(await world.client.get(Nodes, { name: 'node1' })).toBeUndefined()
  })

  it('does not take lost answers for lost machines', async () => {
    world.cloud.faults.loseAnswers(2, { operation: 'create' })
    expect(await play()).toMatchObject({ up: 4, leaked: 0, machines: 3 })
  })

  it('that does not come up in time fails with what it waited for', async () => {
    world.cloud.faults.bootFails(1)
    await expect(play(20_000)).rejects.toThrow(/^not within 20 s: 4 running nodes; .*is Booting.*; nodeset\/workers has [23] available$/)
  })

  it('tells why its nodes do not come up, in the words of their conditions', async () => {
    const { uid = '' } = nodeClass.metadata ?? {}
    await world.client.patch(NodeClasses, { name: 'small' }, { merge: { spec: { provider: 'aws-ec2' } } }, { on: { uid } })
    await expect(play(20_000)).rejects.toThrow('node1 is Pending (ProviderNotFound: NodeClass "small" names provider "aws-ec2"')
  })

  it('that leaves a machine which nobody claims has not succeeded', async () => {
    world.cloud.createForeign({ owner: { cluster: 'another', controller: 'c', claim: 'nobody', nodeName: 'x', attempt: 1 } })
    await expect(play()).rejects.toThrow(/^1 machines leaked: i-\w+; 5 machines were made for 4 nodes$/)
  })
})
