import { expect } from 'vitest'
import { type Node, Nodes, annotations, findCondition, nameOf } from '@kube-node/core/api'
import { eventually } from '../main-job/eventually.ts'
import { claimOf, classOf, setOf } from '../main-job/manifests.ts'
import type { World } from '../main-job/world.ts'
import { story } from './story.ts'

const all = async ({ client }: World): Promise<readonly Node[]> => {
  const nodes: Node[] = []
  for await (const page of client.pages(Nodes, {})) nodes.push(...page)
  return nodes
}
const phaseOf = (node: Node): string | undefined => node.metadata?.annotations?.[annotations.phase]

story('kube-controller-manager finds nothing wrong with the types in the policies', async ({ world, signal }) => {
  const path = '{range .items[*]}{.metadata.name}{" "}{.status.observedGeneration}{" "}{.status.typeChecking}{"\\n"}{end}'
  await eventually({ signal }, async () => {
    const { stdout } = await world.controlPlane.kubectl(['get', 'validatingadmissionpolicies', '-o', `jsonpath=${path}`])
    const lines = stdout.trim().split('\n')
    expect(lines.map(line => line.replace(/^\S+ /, ''))).toEqual(lines.map(() => '1 {}'))
    expect(lines).toHaveLength(5)
  })
})

story.for(['foreground', 'background'])(
  'kubectl delete nodeset --cascade=%s takes nodes along that never became ready',
  async (cascade, { world, signal }) => {
    const { kubectl, cloud } = world
    cloud.simulated.faults.joinFails(3)
    await kubectl('create -f -', setOf(cascade, 3))
    await eventually({ signal }, async () => {
      const nodes = await all(world)
      expect(nodes.map(phaseOf)).toEqual(['Booting', 'Booting', 'Booting'])
      expect(nodes.map(node => findCondition(node.status?.conditions, 'Ready')?.status ?? 'Unknown')).not.toContain('True')
    })
    expect(cloud.living()).toHaveLength(3)
    await kubectl(`delete nodeset ${cascade} --cascade=${cascade} --timeout=60s`)
    await eventually({ signal }, async () => expect((await all(world)).map(nameOf)).toEqual([]))
    expect(cloud.living()).toEqual([])
  },
)

story('of two dozen claims at once, as many get machines as the class allows, and the others in turn', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const before = cloud.made().length
  let most = 0
  const counting = cloud.simulated.on('starting', () => {
    most = Math.max(most, cloud.living().length)
  })
  await kubectl('create -f -', classOf('few', { limits: { nodes: 7 } }))
  const names = Array.from({ length: 24 }, (_, i) => `claim-${i}`)
  await Promise.all(names.map(name => world.client.create(Nodes, JSON.parse(claimOf(name, 'few')))))
  const phases = async (wanted: string): Promise<string[]> => (await all(world)).filter(node => phaseOf(node) === wanted).map(nameOf)
  await eventually({ signal }, async () => {
    expect(await phases('Running')).toHaveLength(7)
    expect(await phases('Pending')).toHaveLength(17)
  })
  const first = (await all(world)).toSorted((a, b) => (age(a) < age(b) ? -1 : 1))
  const running = await phases('Running')
  const youngest = Math.max(...first.map((node, i) => (running.includes(nameOf(node)) ? i : 0)))
  const created = (i: number): string | undefined => first[i]?.metadata?.creationTimestamp
  // Those of one second are ordered by UID.
  expect(created(youngest)).toBe(created(6))

  await kubectl(`delete node ${running.join(' ')} --timeout=60s`)
  await eventually({ signal }, async () => expect(await phases('Running')).toHaveLength(7))
  expect(await phases('Pending')).toHaveLength(10)
  counting[Symbol.dispose]()
  expect(most).toBe(7)
  expect(cloud.made()).toHaveLength(before + 14)
})

const age = ({ metadata }: Node): string => `${metadata?.creationTimestamp ?? ''} ${metadata?.uid ?? ''}`
