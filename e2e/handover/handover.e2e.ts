import { expect } from 'vitest'
import { recordOf } from '@kube-node/core'
import { CertificateSigningRequests, type Node, NodeSets, Nodes, annotations, finalizers, labels, nameOf } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { readAudit } from '../control-plane/index.ts'
import { refusals } from '../installed/rights.ts'
import { eventually } from '../main-job/eventually.ts'
import { setOf } from '../main-job/manifests.ts'
import { printedAccount } from '../main-job/world.ts'
import { type Moment, witness } from '../story/witness.ts'
import { requestOf } from './joining.ts'
import { expectNothingLeft, story, tokens } from './story.ts'

const claimOfNode = ({ metadata }: Node): string | undefined => metadata?.labels?.[labels.claim]
const isGone = ({ event }: Moment<Node>): boolean => event === 'DELETED'

/** All that there is to tell of a claim and of the Node that took it over: what each write has made of them, in order. */
const handoverOf = (moments: readonly Moment<Node>[], heir: Node): object => {
  const ofHeir = moments.filter(({ object }) => object.metadata?.uid === heir.metadata?.uid)
  const ofClaim = moments.filter(({ object }) => object.metadata?.uid === claimOfNode(heir))
  const taken = ofHeir.find(({ object }) => claimOfNode(object) !== undefined)?.object.metadata
  const at = (those: readonly Moment<Node>[], is: (moment: Moment<Node>) => boolean): number => those.find(is)?.revision ?? NaN
  const order = [
    at(ofHeir, ({ event }) => event === 'ADDED'),
    at(ofHeir, ({ object }) => claimOfNode(object) !== undefined),
    at(ofClaim, ({ object }) => object.metadata?.annotations?.[annotations.handedOver] === nameOf(heir)),
    at(ofClaim, ({ object }) => object.metadata?.deletionTimestamp !== undefined),
    at(ofClaim, isGone),
  ]
  const record = recordOf(heir)
  return {
    bornBare: ofHeir.filter(({ event }) => event === 'ADDED').map(({ object }) => object.metadata?.finalizers ?? []),
    inOrder: order.every((revision, i) => i === 0 || revision > (order[i - 1] ?? NaN)),
    takenInOneWrite: [
      taken?.finalizers,
      taken?.ownerReferences?.map(({ name }) => name),
      taken?.annotations?.[annotations.machine] !== undefined,
    ],
    claimedAs: heir.metadata?.annotations?.[annotations.claimedAs] === ofClaim[0]?.object.metadata?.name,
    keepsItsOwner: JSON.stringify(heir.metadata?.ownerReferences) === JSON.stringify(ofClaim[0]?.object.metadata?.ownerReferences),
    token: record !== undefined && 'token' in record ? record.token : undefined,
    runsOn: heir.spec?.providerID,
  }
}

story('each claim of a set is handed over to the Node that its kubelet has made with its own certificate', async ({ world, signal }) => {
  const { kubectl, client, cloud, controlPlane } = world
  await using eyes = await witness(controlPlane)
  await kubectl('create -f -', setOf('workers', 0, 'told'))
  await kubectl('wait --for=jsonpath={.status.observedGeneration} nodeset/workers --timeout=60s')
  const nodes = await eyes.record(Nodes)
  const sets = await eyes.record(NodeSets)
  await kubectl('scale nodeset/workers --replicas=3')
  await kubectl('wait --for=jsonpath={.status.availableReplicas}=3 nodeset/workers --timeout=60s')
  const heirs = await eventually({ signal }, async () => {
    const all = await listAll(client, Nodes)
    expect(all.map(nameOf).toSorted()).toEqual([1, 2, 3].map(n => `ip-10-0-0-${n}.local.internal`))
    expect(all.map(({ metadata }) => metadata?.annotations?.[annotations.phase])).toEqual(['Running', 'Running', 'Running'])
    expect(await tokens(world)).toEqual([])
    return all
  })
  const machines = cloud.simulated.machines()
  for (const heir of heirs) {
    const machine = machines.find(({ nodeName }) => nodeName === nameOf(heir)) ?? expect.unreachable()
    expect(handoverOf(nodes, heir)).toEqual({
      bornBare: [[]],
      inOrder: true,
      takenInOneWrite: [[finalizers.machine], ['workers'], true],
      claimedAs: true,
      keepsItsOwner: true,
      token: undefined,
      runsOn: `simulated:///local-a/${machine.id}`,
    })
    expect(claimOfNode(heir)).toBe(machine.owner?.claim)
    expect(recordOf(heir)).toMatchObject({ id: machine.id, attempt: 1 })
    const request = await client.get(CertificateSigningRequests, { name: requestOf(machine.id) })
    expect(request?.spec.username).toMatch(/^system:bootstrap:/)
    expect(request?.status?.conditions?.map(({ type, reason }) => [type, reason])).toEqual([['Approved', 'KubeNodeFirstJoin']])
  }
  // Each counts once at every moment, though it was two Nodes for a while.
  expect(Math.max(...sets.map(({ object }) => object.status?.replicas ?? 0))).toBe(3)
  expect(cloud.simulated.calls).toMatchObject({ create: 3, delete: 0 })
  expect(refusals((await readAudit(controlPlane.dir)).filter(({ user }) => user.username === printedAccount))).toEqual([])

  await kubectl('delete nodeset workers --cascade=foreground --timeout=60s')
  expect(cloud.simulated.calls).toMatchObject({ create: 3, delete: 3 })
  await eventually({ signal }, () => expectNothingLeft(world))
})
