import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { type Node, Nodes, annotations, labels, nameOf } from '@kube-node/core/api'
import { type Client, isNotFound, listAll } from '@kube-node/core/kube'
import { eventually } from '../main-job/eventually.ts'
import { setOf } from '../main-job/manifests.ts'
import type { World } from '../main-job/world.ts'
import { hold, stops } from './hold.ts'
import { expectNothingLeft, story } from './story.ts'

interface Pair {
  readonly claim: Node | undefined
  readonly heir: Node | undefined
}

/** The two Nodes of a set of one, while there are two. */
const pairOf = async ({ client, cloud }: World, set: string): Promise<Pair> => {
  const nodes = await listAll(client, Nodes)
  const claim = nodes.find(({ metadata }) => metadata?.labels?.[labels.nodeset] === set && nameOf({ metadata }).startsWith(`${set}-`))
  const machine = cloud.simulated.machines().find(({ owner }) => owner?.claim === claim?.metadata?.uid)
  return { claim, heir: nodes.find(node => nameOf(node) === machine?.nodeName) }
}

const isTaken = ({ heir }: Pair): boolean => heir?.metadata?.labels?.[labels.claim] !== undefined
const isMarked = ({ claim }: Pair): boolean => claim?.metadata?.annotations?.[annotations.handedOver] !== undefined
const isDeleted = (node: Node | undefined): boolean => node?.metadata?.deletionTimestamp !== undefined

const stageOf = (pair: Pair): string => {
  if (!pair.claim || !pair.heir) return 'there are not two'
  return [isTaken(pair) && 'taken', isMarked(pair) && 'marked', isDeleted(pair.claim) && 'deleted'].filter(Boolean).join(', ')
}
const sets = Object.values(stops)
const stages = async (world: World): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(await Promise.all(sets.map(async set => [set, stageOf(await pairOf(world, set))] as const)))

/** Changes it, unless it has gone. */
const look = (client: Client, name: string): Promise<unknown> =>
  client
    .patch(Nodes, { name }, { merge: { metadata: { annotations: { 'story.example/look': randomUUID() } } } })
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })

story.for([
  ['lives on', false],
  ['is killed', true],
] as const)(
  'sets that end in the middle of handovers leave nothing, and nothing is made or deleted twice: the controller %s',
  async ([, dies], { world, signal }) => {
    const { kubectl, client, cloud } = world
    const before = cloud.made().length
    await using held = await hold(kubectl)
    await kubectl('create -f -', ...sets.map(set => setOf(set, 1, 'told')))
    await eventually({ signal }, async () =>
      expect(await stages(world)).toEqual({
        [stops.takeOver]: '',
        [stops.mark]: 'taken',
        [stops.retire]: 'taken, marked',
        [stops.letGo]: 'taken, marked, deleted',
      }),
    )
    expect(cloud.living()).toHaveLength(sets.length)

    await kubectl(`delete nodeset ${sets.join(' ')} --cascade=foreground --wait=false`)
    await eventually({ signal }, async () => {
      const owned = (await listAll(client, Nodes)).filter(({ metadata }) => metadata?.labels?.[labels.nodeset] !== undefined)
      expect(owned.filter(node => !isDeleted(node)).map(nameOf), 'the garbage collector deletes both of each set').toEqual([])
    })
    expect(stageOf(await pairOf(world, stops.takeOver)), 'nobody but its kubelet knows of it').toBe('deleted')
    if (dies) await world.controller.stop('SIGKILL')
    await held.release()
    if (dies) await world.succeed()
    await eventually({ signal }, async () => {
      // What was refused is tried again after longer and longer; what happens to a Node is looked at at once.
      for (const { metadata } of await listAll(client, Nodes)) await look(client, metadata?.name ?? '')
      expect(await listAll(client, Nodes)).toEqual([])
    })
    await kubectl(`wait --for=delete ${sets.map(set => `nodeset/${set}`).join(' ')} --timeout=60s`)
    await eventually({ signal }, () => expectNothingLeft(world))
    expect(cloud.made()).toHaveLength(before + sets.length)
  },
)
