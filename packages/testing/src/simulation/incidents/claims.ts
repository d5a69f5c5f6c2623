import { type Node, Nodes, Pods, labels, nameOf } from '@kube-node/core/api'
import { isAlreadyExists } from '@kube-node/core/kube'
import { claimNamed } from '../estate.ts'
import type { Stage } from '../stage.ts'
import { type Plays, among, byName } from './play.ts'

const deleteNode = async ({ client }: Stage, node: Node): Promise<string> => {
  await client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' })
  return `a person deletes node ${nameOf(node)}`
}

const liveNodes = (stage: Stage, { members }: { readonly members: boolean }): readonly Node[] =>
  [...stage.truth.nodes.all.values()]
    .filter(node => node.metadata?.deletionTimestamp === undefined && (node.metadata?.labels?.[labels.nodeset] !== undefined) === members)
    .sort(byName)

/** What people do with Nodes and pods. */
export const claimPlays: Plays<'claims'> = {
  async 'create-claim'(stage, { which }) {
    const name = `claim-${Math.floor(which * 8)}`
    await stage.client.create(Nodes, claimNamed(name))
    return `a person claims node ${name}`
  },
  async 'delete-claim'(stage, { which }) {
    const node = among(liveNodes(stage, { members: false }), which)
    return node && deleteNode(stage, node)
  },
  async 'replace-claim'(stage, { which, ms }) {
    const node = among(liveNodes(stage, { members: false }), which)
    if (!node) return undefined
    const told = await deleteNode(stage, node)
    const again = async (): Promise<void> => {
      try {
        await stage.client.create(Nodes, claimNamed(nameOf(node)))
        stage.world.tell(`* a person claims node ${nameOf(node)} again`)
      } catch (error) {
        if (!isAlreadyExists(error)) throw error
        if (stage.world.now < stage.scenario.chaosMs) stage.world.at(500, `claiming ${nameOf(node)} again`, () => void again())
      }
    }
    stage.world.at(Math.min(ms, 5_000), `claiming ${nameOf(node)} again`, () => void again())
    return told
  },
  async 'delete-member'(stage, { which }) {
    const node = among(liveNodes(stage, { members: true }), which)
    return node && deleteNode(stage, node)
  },
  async 'force-delete'(stage, { which }) {
    const node = among([...stage.truth.nodes.all.values()].sort(byName), which)
    if (!node) return undefined
    const uid = node.metadata?.uid ?? ''
    stage.forced.add(uid)
    await stage.client.delete(Nodes, { name: nameOf(node) }, { uid })
    await stage.client.patch(Nodes, { name: nameOf(node) }, { merge: { metadata: { finalizers: null } } }, { on: { uid } })
    return `a person deletes node ${nameOf(node)} and takes its finalizers off`
  },
  async 'delete-pod'(stage, { which }) {
    const pod = among([...stage.truth.pods.all.values()].sort(byName), which)
    if (!pod) return undefined
    const { namespace = '', name = '', uid = '' } = pod.metadata ?? {}
    await stage.client.delete(Pods, { namespace, name }, { uid })
    return `a person deletes pod ${name}`
  },
}
