import { isBroken, recordOf } from '@kube-node/core'
import { NodeClasses, Nodes, labels } from '@kube-node/core/api'
import { expect, test } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { openCluster } from './cluster.ts'
import { motoOfFile } from './perFile.ts'
import { nothingToShow, parameterOf } from './wire.ts'
import { awsWorld } from './world.ts'

const moto = motoOfFile()

const parameter = '/nodes/newest-image'
const [older, newer] = ['ami-12c6146b', 'ami-03cf127a']

test('while an answer is lost an image moves on: the next controller asks for the same again, and new claims get the new one', async ({
  signal,
}) => {
  await using stack = new AsyncDisposableStack()
  const world = stack.use(await awsWorld(moto()))
  let newest = older
  world.proxy.answering(({ action }) => (action === 'GetParameter' ? parameterOf(parameter, newest) : undefined))
  const config = { ...world.config, ami: { ssmParameter: parameter } }
  const { client, begin } = stack.use(await openCluster({ ...world, className: 'small', config }))
  const claim = (name: string): Promise<unknown> =>
    client.create(Nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [labels.class]: 'small' } } })
  const machineOf = async (name: string): Promise<string> => {
    const node = await client.get(Nodes, { name })
    const record = node && recordOf(node)
    if (!record || isBroken(record) || record.id === undefined) throw new Error(`node ${name} has no machine yet`)
    return record.id
  }

  const shown = async (): Promise<unknown> => (await client.get(NodeClasses, { name: 'small' }))?.status?.resolved
  const says = (image: string): Promise<void> =>
    eventually({ signal }, async () => expect(await shown()).toContainEqual({ field: 'ami.id', value: image }))

  const sent: string[] = []
  let answers = false
  world.proxy.answering(({ action, form }) => {
    if (action !== 'RunInstances') return undefined
    sent.push(form.toString())
    if (answers) return undefined
    return sent.length === 1 ? 'lost' : 'cut'
  })
  // EC2 may show a new instance late.
  const show = world.proxy.answering(({ action }) => (action === 'DescribeInstances' ? nothingToShow : undefined))

  const stop = begin()
  await says(older)
  await claim('a')
  await eventually({ signal }, async () => expect(sent.length).toBeGreaterThan(0))
  await stop()
  newest = newer
  answers = true
  begin()
  const id = await eventually({ signal }, () => machineOf('a'))
  show()

  expect(sent.length).toBeGreaterThan(1)
  expect(new Set(sent).size).toBe(1)
  expect(new URLSearchParams(sent[0]).get('ImageId')).toBe(older)
  expect((await world.instances()).map(({ InstanceId, ImageId }) => [InstanceId, ImageId])).toEqual([[id, older]])

  await claim('b')
  const next = await eventually({ signal }, () => machineOf('b'))
  expect((await world.instances()).find(({ InstanceId }) => InstanceId === next)?.ImageId).toBe(newer)
  expect(await world.instances()).toHaveLength(2)
  await says(newer)
})
