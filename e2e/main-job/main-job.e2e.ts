import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { Nodes, annotations, finalizers } from '@kube-node/core/api'
import { eventually } from './eventually.ts'
import { setOf } from './manifests.ts'
import { story } from './story.ts'

story('the CRDs are accepted without warnings, and can be explained', async ({ world }) => {
  expect(world.installed).toMatchObject({ code: 0, stderr: '' })
  const conditions = await world.kubectl('get crd -o jsonpath={.items[*].status.conditions[*].type}')
  // NonStructuralSchema, KubernetesAPIApprovalPolicyConformant and the like are complaints.
  expect(new Set(conditions.split(' '))).toEqual(new Set(['NamesAccepted', 'Established']))
  expect(await world.kubectl('explain nodeset.spec')).toMatch(/replicas\s+<integer>\n {4}\S.*[^]*strategy\s+<Object>\n {4}\S/)
  expect(await world.kubectl('explain nodeclass.spec.limits.nodes')).toMatch(/FIELD: nodes <integer>[^]*DESCRIPTION:\n {4}\S/)
})

story('kubectl create -f node1.yaml gives a machine that joins as that very Node; kubectl delete ends both', async ({ world, signal }) => {
  const { kubectl, client, cloud } = world
  await kubectl('create -f examples/node1.yaml')
  const claimed = await client.get(Nodes, { name: 'node1' })
  await kubectl('wait --for=condition=Ready node/node1 --timeout=60s')
  const node = await eventually({ signal }, async () => {
    const found = await client.get(Nodes, { name: 'node1' })
    expect(found?.metadata?.annotations?.[annotations.phase]).toBe('Running')
    return found
  })
  const [machine, ...others] = cloud.simulated.machines()
  expect(others).toEqual([])
  expect(node?.metadata?.uid).toBe(claimed?.metadata?.uid)
  expect(node?.metadata?.finalizers).toEqual([finalizers.machine])
  expect(node?.metadata?.labels).toMatchObject({ tier: 'web', 'kubernetes.io/hostname': 'node1' })
  expect(node?.spec?.providerID).toBe(`simulated:///local-a/${machine?.id}`)
  expect(node?.spec?.taints ?? []).toEqual([])
  expect(await kubectl('describe node node1')).toMatch(/MachineProvisioned\s+True.*Provisioned\s+its machine is there/)

  await kubectl('delete node node1 --timeout=60s')
  expect(cloud.living()).toEqual([])
  expect(cloud.made()).toEqual([machine?.id])
})

story('kubectl scale takes a set from 3 nodes to 0, to 20 and to 5: as many machines, and none but them', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const before = cloud.made().length
  const nodes = async (): Promise<string[]> => (await kubectl('get nodes -o name')).split('\n').filter(name => name !== '')
  await kubectl('create -f examples/nodeset.yaml')
  await kubectl('wait --for=condition=Available nodeset/workers --timeout=60s')
  expect(cloud.living()).toHaveLength(3)

  await kubectl('scale nodeset/workers --replicas=0')
  await eventually({ signal }, async () => expect(await nodes()).toEqual([]))
  expect(cloud.living()).toEqual([])

  await kubectl('scale nodeset/workers --replicas=20')
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=20 nodeset/workers --timeout=60s')
  expect(cloud.living()).toHaveLength(20)

  await kubectl('scale nodeset/workers --replicas=5')
  await eventually({ signal }, async () => expect(await nodes()).toHaveLength(5))
  await kubectl('wait --for=jsonpath={.status.replicas}=5 nodeset/workers --timeout=30s')
  await kubectl('wait --for=condition=Available nodeset/workers --timeout=30s')
  expect(cloud.living()).toHaveLength(5)
  expect(cloud.made()).toHaveLength(before + 23)
})

story('kubectl get prints what a person wants to know first', async ({ world, signal }) => {
  const { kubectl } = world
  // The count in the class's status may be some seconds late.
  const lines = await eventually({ signal }, async () => {
    const text = await kubectl('get nodesets,nodeclasses')
    expect(text).toMatch(/nodeclass.kube-node.dev\/small\s+simulated\s+True\s+5\s/)
    return text.split('\n')
  })
  const columns = lines.map(line => line.split(/\s{2,}/).slice(0, -1))
  expect(columns).toContainEqual(['NAME', 'DESIRED', 'NODES', 'READY', 'AVAILABLE', 'UPDATED', 'CLASS'])
  expect(columns).toContainEqual(['nodeset.kube-node.dev/workers', '5', '5', '5', '5', '5', 'small'])
  expect(columns).toContainEqual(['NAME', 'PROVIDER', 'READY', 'NODES'])
})

story.for(['foreground', 'background'])('kubectl delete nodeset --cascade=%s takes all along', async (cascade, { world, signal }) => {
  const { kubectl, cloud } = world
  await kubectl('create -f -', setOf(cascade, 3))
  await kubectl(`wait --for=condition=Available nodeset/${cascade} --timeout=60s`)
  const before = cloud.living().length
  expect(before).toBeGreaterThanOrEqual(3)
  await kubectl(`delete nodeset ${cascade} --cascade=${cascade} --timeout=60s`)
  // A foreground deletion ends with the last of the dependents, and those with their machines.
  if (cascade === 'foreground') expect(cloud.living()).toHaveLength(before - 3)
  await eventually({ signal }, async () => {
    expect(await kubectl(`get nodes -l kube-node.dev/nodeset=${cascade} -o name`)).toBe('')
  })
  expect(cloud.living()).toHaveLength(before - 3)
})

story('the manifests grant all that the controller asks for', async ({ world }) => {
  const log = await readFile(join(world.controlPlane.dir, `${world.controller.name}.log`), 'utf8')
  expect(log).toContain('machine is being deleted')
  expect(log).not.toMatch(/forbidden|unauthorized/i)
})
