import { expect } from 'vitest'
import { eventually } from './eventually.ts'
import { claimOf, classOf, setOf } from './manifests.ts'
import { story } from './story.ts'

const wrong = [
  {
    what: 'an unknown provider',
    spec: { provider: 'simulatde' },
    says: /ProviderNotFound.*names provider "simulatde".*it has: simulated/,
    right: { provider: 'simulated' },
  },
  {
    what: 'a config that the provider does not understand',
    spec: { config: { region: 'local', instanceTyp: 'small' } },
    says: /InvalidConfig.*instanceTyp/,
    right: { config: { instanceTyp: null } },
  },
  {
    what: 'a type of machine that the provider does not sell',
    spec: { config: { region: 'local', instanceType: 'huge' } },
    says: /InvalidConfig.*there is no instance type huge; there are small, medium, large/,
    right: { config: { instanceType: 'small' } },
  },
]

story.for(wrong)('a class with $what: the Node says so, and the correction is enough', async ({ spec, says, right }, { world, signal }) => {
  const { kubectl, cloud } = world
  const before = cloud.made().length
  await kubectl('create -f -', classOf('wrong', spec))
  await kubectl('create -f -', claimOf('node1', 'wrong'))
  await eventually({ signal }, async () => {
    const description = await kubectl('describe node node1')
    expect(description).toMatch(new RegExp(`MachineProvisioned\\s+False.*${says.source}`))
    // As an event too.
    expect(description).toMatch(new RegExp(`Events:[^]*Warning.*${says.source}`))
  })
  expect(cloud.made()).toHaveLength(before)

  await kubectl(`patch nodeclass wrong --type=merge -p ${JSON.stringify({ spec: right })}`)
  await kubectl('wait --for=condition=Ready nodeclass/wrong --timeout=60s')
  await kubectl('wait --for=condition=Ready node/node1 --timeout=60s')
  expect(cloud.made()).toHaveLength(before + 1)
  await kubectl('delete node/node1 nodeclass/wrong --timeout=60s')
  expect(cloud.living()).toEqual([])
})

story('a class whose Secret is missing: class and Node say so, and its creation is enough', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const before = cloud.made().length
  const says = /Secret default\/cloud does not exist: create it, or correct the class's spec\.secretRef/
  await kubectl('create -f -', classOf('locked', { secretRef: { namespace: 'default', name: 'cloud' } }))
  await kubectl('create -f -', claimOf('node1', 'locked'))
  await kubectl('wait --for=condition=Ready=false nodeclass/locked --timeout=30s')
  expect(await kubectl('describe nodeclass locked')).toMatch(says)
  await eventually({ signal }, async () => expect(await kubectl('describe node node1')).toMatch(says))
  expect(cloud.made()).toHaveLength(before)

  // Secrets are not watched: it is looked for again after 30 s at the latest.
  await kubectl('create secret generic cloud --from-literal=token=t')
  await kubectl('wait --for=condition=Ready node/node1 --timeout=60s')
  expect(cloud.made()).toHaveLength(before + 1)
  await kubectl('delete node/node1 nodeclass/locked secret/cloud --timeout=60s')
  expect(cloud.living()).toEqual([])
})

story('a claim of a class that is not there waits for it, or is deleted', async ({ world }) => {
  const { kubectl, cloud } = world
  const before = cloud.made().length
  await kubectl('create -f -', claimOf('early', 'later'))
  await kubectl('create -f -', claimOf('mistaken', 'later'))
  await kubectl('wait --for=condition=MachineProvisioned=false node/early node/mistaken --timeout=30s')
  expect(await kubectl('describe node early')).toMatch(/ClassNotFound\s+there is no NodeClass "later": create it, or delete this node/)
  await kubectl('delete node mistaken --timeout=30s')
  await kubectl('create -f -', classOf('later'))
  await kubectl('wait --for=condition=Ready node/early --timeout=60s')
  expect(cloud.made()).toHaveLength(before + 1)
  await kubectl('delete node/early nodeclass/later --timeout=60s')
  expect(cloud.living()).toEqual([])
})

story('a class that is deleted while it is used stays until its nodes are gone, and serves no new ones', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  await kubectl('create -f -', classOf('used'))
  await kubectl('create -f -', claimOf('node1', 'used'))
  await kubectl('wait --for=condition=Ready node/node1 --timeout=60s')
  await kubectl('delete nodeclass used --wait=false')
  await eventually({ signal }, async () => {
    expect(await kubectl('describe nodeclass used')).toMatch(/InUse.*1 nodes still use this class and keep it: node1/)
  })
  await kubectl('create -f -', claimOf('node2', 'used'))
  await kubectl('wait --for=condition=MachineProvisioned=false node/node2 --timeout=30s')
  expect(await kubectl('describe node node2')).toMatch(/ClassDeleting/)
  expect(cloud.living()).toHaveLength(1)

  await kubectl('delete node node1 node2 --timeout=60s')
  await kubectl('wait --for=delete nodeclass/used --timeout=30s')
  expect(cloud.living()).toEqual([])
})

story('what the schema can tell, the API server refuses in words that name the field', async ({ world }) => {
  const refusal = async (input: string): Promise<string> => (await world.controlPlane.kubectl(['create', '-f', '-'], { input })).stderr
  expect(await refusal(setOf('negative', -1))).toMatch(/spec\.replicas: Invalid value: -1/)
  expect(await refusal(classOf('typo', { limit: { nodes: 3 } }))).toMatch(/unknown field "spec\.limit"/)
  expect(await refusal(classOf('times', { timeouts: { drain: 'soon' } }))).toMatch(/spec\.timeouts\.drain/)
})
