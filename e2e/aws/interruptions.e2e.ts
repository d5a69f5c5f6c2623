import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { Events, type Node, NodeSets, Pods, annotations, nameOf } from '@kube-node/core/api'
import { type Client, listAll } from '@kube-node/core/kube'
import { describe, expect, test } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { apiVersion, instanceOf, openCluster, settle } from './cluster.ts'
import { motoOfFile } from './perFile.ts'
import { type AwsWorld, awsWorld } from './world.ts'

const moto = motoOfFile()

interface Story extends AsyncDisposable {
  readonly world: AwsWorld
  readonly client: Client
  /** A life of the controller. `isMute`: nothing that it hears reaches the API server. Answers how to end it. */
  begin(options?: { readonly isMute?: boolean }): () => Promise<void>
  /** Kubelets of new machines join. Then all Nodes. */
  settle(): Promise<readonly Node[]>
  isRunning(instance: string): Promise<boolean>
  warn(instance: string): Promise<void>
  /** Messages that are there and that nobody is at work on. */
  waiting(): Promise<number>
}

const open = async (replicas: number, options: Parameters<typeof awsWorld>[1] = {}): Promise<Story> => {
  const stack = new AsyncDisposableStack()
  const world = stack.use(await awsWorld(moto(), options))
  const cluster = stack.use(await openCluster({ ...world, className: 'spot' }))
  const { client } = cluster
  await client.create(NodeSets, {
    apiVersion,
    kind: 'NodeSet',
    metadata: { name: 'workers' },
    spec: { nodeClassName: 'spot', replicas },
  })

  const story: Omit<Story, typeof Symbol.asyncDispose> = {
    world,
    client,
    begin: ({ isMute = false } = {}) =>
      cluster.begin(transport => ({
        ...transport,
        request: async request => {
          if (isMute && JSON.stringify(request.body ?? '').includes(annotations.interruption)) throw new Error('the line is cut')
          return transport.request(request)
        },
      })),
    settle: () => settle(client, world),
    isRunning: async id => (await world.instances()).some(({ InstanceId, State }) => InstanceId === id && State?.Name === 'running'),
    async warn(instance) {
      const body = {
        version: '0',
        id: '12345678-1234-1234-1234-123456789012',
        'detail-type': 'EC2 Spot Instance Interruption Warning',
        source: 'aws.ec2',
        account: '123456789012',
        time: new Date().toISOString(),
        region: 'eu-west-1',
        resources: [`arn:aws:ec2:eu-west-1a:instance/${instance}`],
        detail: { 'instance-id': instance, 'instance-action': 'terminate' },
      }
      await world.sqs.send(new SendMessageCommand({ QueueUrl: world.queueUrl, MessageBody: JSON.stringify(body) }))
    },
    async waiting() {
      const command = new ReceiveMessageCommand({ QueueUrl: world.queueUrl, VisibilityTimeout: 0, MaxNumberOfMessages: 10 })
      return ((await world.sqs.send(command)).Messages ?? []).length
    },
  }
  return { ...story, [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose]() }
}

const serving = async (story: Story, count: number): Promise<readonly Node[]> => {
  const nodes = await story.settle()
  expect(nodes.map(node => node.metadata?.annotations?.[annotations.phase])).toEqual(Array.from({ length: count }, () => 'Running'))
  return nodes
}

describe('a spot instance that EC2 is about to take', () => {
  test('is cordoned and drained before it goes, and replaced meanwhile; the answer that its message is deleted is lost', async ({
    signal,
  }) => {
    await using story = await open(2)
    story.begin()
    const [leaving, stays] = await eventually({ signal }, () => serving(story, 2))
    const name = leaving?.metadata?.name ?? ''
    const instance = instanceOf(leaving)
    await story.client.create(Pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'app', namespace: 'default', finalizers: ['example.com/work'] },
      spec: { nodeName: name, terminationGracePeriodSeconds: 0, containers: [{ name: 'app', image: 'app' }] },
    })
    story.world.proxy.next('DeleteMessageBatch', 'lost')
    await story.warn(instance)

    await eventually({ signal }, async () => {
      const nodes = await story.settle()
      expect(nodes.find(node => nameOf(node) === name)?.spec?.unschedulable).toBe(true)
      expect((await story.client.get(Pods, { name: 'app', namespace: 'default' }))?.metadata?.deletionTimestamp).toBeDefined()
      // Its successor is there, and the pod still holds the machine.
      expect(nodes).toHaveLength(3)
      expect(nodes.filter(node => node.metadata?.annotations?.[annotations.phase] === 'Running')).toHaveLength(2)
    })
    expect(await story.isRunning(instance)).toBe(true)
    await story.client.patch(Pods, { name: 'app', namespace: 'default' }, { merge: { metadata: { finalizers: [] } } })

    const after = await eventually({ signal }, () => serving(story, 2))
    expect(after.map(nameOf)).toContain(nameOf(stays ?? {}))
    expect(after.map(nameOf)).not.toContain(name)
    expect(await story.isRunning(instance)).toBe(false)
    expect(await story.waiting()).toBe(0)
    expect((await story.world.instances()).filter(({ State }) => State?.Name === 'running')).toHaveLength(2)
  }, 120_000)

  test('is heard of by the next controller when the first one dies with the message in its hand', async ({ signal }) => {
    await using story = await open(1)
    const kill = story.begin({ isMute: true })
    const [leaving] = await eventually({ signal }, () => serving(story, 1))
    await story.warn(instanceOf(leaving))
    await eventually({ signal }, async () => expect(await story.waiting()).toBe(0))
    await kill()
    expect(story.world.proxy.calls.has('DeleteMessageBatch')).toBe(false)

    story.begin()
    await eventually({ signal, withinMs: 100_000 }, async () => {
      const [next] = await serving(story, 1)
      expect(nameOf(next ?? {})).not.toBe(nameOf(leaving ?? {}))
    })
    expect(await story.isRunning(instanceOf(leaving))).toBe(false)
    await eventually({ signal }, async () => expect(story.world.proxy.calls.get('DeleteMessageBatch')).toBe(1))
  }, 180_000)
})

test('what is no event, and what is of others, is deleted and hurts nobody', async ({ signal }) => {
  await using story = await open(1)
  story.begin()
  const before = await eventually({ signal }, () => serving(story, 1))
  await story.warn('i-0123456789abcdef0')
  for (const MessageBody of ['no JSON', '{}', 'null'])
    await story.world.sqs.send(new SendMessageCommand({ QueueUrl: story.world.queueUrl, MessageBody }))
  await eventually({ signal }, async () => expect(story.world.proxy.calls.get('DeleteMessageBatch') ?? 0).toBeGreaterThan(0))
  await eventually({ signal }, async () => expect(await story.waiting()).toBe(0))
  expect((await serving(story, 1)).map(nameOf)).toEqual(before.map(nameOf))
}, 120_000)

test('a queue that is not there is told on the class, and machines are made and deleted as ever', async ({ signal }) => {
  await using story = await open(1, { interruptionQueues: { 'eu-west-1': 'https://sqs.eu-west-1.amazonaws.com/123456789012/nowhere' } })
  story.begin()
  const [node] = await eventually({ signal }, () => serving(story, 1))
  await eventually({ signal }, async () => {
    const told = (await listAll(story.client, Events)).filter(({ reason }) => reason === 'InterruptionsUnheard')
    expect(told.map(({ message }) => message).join(' ')).toContain('QueueDoesNotExist')
  })
  await story.client.patch(NodeSets, { name: 'workers' }, { merge: { spec: { replicas: 0 } } })
  await eventually({ signal }, async () => expect(await story.isRunning(instanceOf(node))).toBe(false))
}, 120_000)
