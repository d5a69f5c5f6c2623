import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { storiesIn } from '../story/index.ts'
import { apiVersion } from './cluster.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { claimOf } from './machines.ts'
import { roughWeather } from './weather.ts'

const namespace = 'kube-node-system'
const seed = 8
const [soldOut, inStock] = ['m7i.large', 'm6i.large']
const [older, newer] = ['ami-12c6146b', 'ami-03cf127a']
/** A phase of the story takes a tenth of that on a quiet machine. */
const phase = '240s'
const phaseMs = 240_000

const nothing = { instances: 0, volumes: 0, interfaces: 0, keys: 0 }

/** Not for a moment, and not one after the other: nobody has ended a machine here but with its claim. */
const nothingTwice = async ({ aws, machines: { doubles } }: Fleet): Promise<void> => {
  expect(doubles).toEqual([])
  const byClaim = Map.groupBy(await aws.instances(), claimOf)
  expect([...byClaim].filter(([claim, all]) => claim === '' || all.length > 1)).toEqual([])
}

const story = storiesIn(startFleet)

story(
  'a set goes from 0 to 50, 10, another image and 0: answers are lost, AWS refuses haste, the first type is sold out, controllers die',
  { timeout: 900_000 },
  async ({ world, signal }) => {
    const { aws, kubectl, controllers, controlPlane, leftovers } = world
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'aws', namespace }, stringData: aws.credentials }
    const config = { ...aws.config, instanceType: undefined, instanceTypes: [soldOut, inStock], ami: { id: older } }
    const secretRef = { namespace, name: 'aws' }
    const spec = { provider: 'aws-ec2', config, secretRef, bootstrap: { type: 'none' } }
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 5, maxUnavailable: 0 } }
    await kubectl(
      'create -f -',
      secret,
      { apiVersion, kind: 'NodeClass', metadata: { name: 'small' }, spec },
      { apiVersion, kind: 'NodeSet', metadata: { name: 'workers' }, spec: { nodeClassName: 'small', replicas: 0, strategy } },
    )
    const living = async () => (await aws.instances()).filter(({ State }) => State?.Name !== 'terminated')
    const nodes = async (): Promise<readonly string[]> => (await kubectl('get nodes -o name')).split('\n').filter(name => name !== '')
    /** So many are there, serve, and have a machine of that image each. */
    const serving = async (count: number, image: string): Promise<void> => {
      await kubectl(`wait --for=jsonpath={.status.availableReplicas}=${count} nodeset/workers --timeout=${phase}`)
      await eventually({ signal, withinMs: phaseMs }, async () => {
        expect(await nodes()).toHaveLength(count)
        expect((await living()).map(({ ImageId }) => ImageId)).toEqual(Array.from({ length: count }, () => image))
      })
    }
    expect(await leftovers()).toEqual(nothing)
    using weather = roughWeather(aws.proxy, seed)
    aws.soldOut(soldOut)

    // So early that many claims still want the first type: whether they have asked for it, the next controller does not know.
    let killed = world.killAt('RunInstances', 3)
    await kubectl('scale nodeset/workers --replicas=50')
    await killed
    await controllers.succeed()
    await serving(50, older)
    expect(new Set((await living()).map(({ InstanceType }) => InstanceType))).toEqual(new Set([inStock]))

    killed = world.killAt('TerminateInstances', 2)
    await kubectl('scale nodeset/workers --replicas=10')
    await killed
    await controllers.succeed()
    await serving(10, older)

    await kubectl(`patch nodeclass small --type=merge -p ${JSON.stringify({ spec: { config: { ami: { id: newer } } } })}`)
    await serving(10, newer)

    await kubectl('scale nodeset/workers --replicas=0')
    await eventually({ signal, withinMs: phaseMs }, async () => {
      expect(await nodes()).toEqual([])
      expect(await leftovers()).toEqual(nothing)
    })

    await nothingTwice(world)
    expect(await aws.instances()).toHaveLength(60)
    expect(weather.lost).toBeGreaterThan(5)
    expect(weather.refused).toBeGreaterThan(10)
    const logs = await Promise.all([1, 2, 3].map(n => readFile(join(controlPlane.dir, `controller-${n}.log`), 'utf8')))
    expect(logs.join('')).not.toContain(aws.credentials?.['secretAccessKey'])
  },
)
