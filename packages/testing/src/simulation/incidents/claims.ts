import { type Node, Nodes, Pods, labels, nameOf } from '@kube-node/core/api'
import { isClaim } from '@kube-node/core'
import { type KubeRequest, isAlreadyExists } from '@kube-node/core/kube'
import { claimNamed } from '../estate.ts'
import { type ForeignMark, places } from '../foreign.ts'
import { memberIn } from '../groups/books.ts'
import type { Incident } from '../kinds.ts'
import type { Stage } from '../stage.ts'
import { uidsOf } from '../truth.ts'
import { type Plays, among, byName } from './play.ts'

const deleteNode = async ({ client }: Stage, node: Node): Promise<string> => {
  await client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' })
  return `a person deletes node ${nameOf(node)}`
}

const liveNodes = (stage: Stage, { members }: { readonly members: boolean }): readonly Node[] =>
  [...stage.truth.nodes.all.values()]
    .filter(node => isClaim(node) && !memberIn(node))
    .filter(node => node.metadata?.deletionTimestamp === undefined && (node.metadata?.labels?.[labels.nodeset] !== undefined) === members)
    .sort(byName)

/** As kubectl label, annotate and taint do it. A list of taints is written whole, on the state that was read. */
const putOn = async ({ client }: Stage, node: Node, { place, key, value }: ForeignMark, off = false): Promise<void> => {
  const { uid = '', resourceVersion = '' } = node.metadata ?? {}
  if (place !== 'taint') {
    const entries = { [key]: off ? null : value }
    const metadata = place === 'label' ? { labels: entries } : { annotations: entries }
    await client.patch(Nodes, { name: nameOf(node) }, { merge: { metadata } }, { on: { uid } })
    return
  }
  const others = (node.spec?.taints ?? []).filter(taint => taint.key !== key).map(taint => ({ ...taint }))
  // First, as kubectl taint puts it (reorganizeTaints): all others change their places.
  const taints = off ? others : [{ key, value, effect: 'PreferNoSchedule' }, ...others]
  await client.patch(Nodes, { name: nameOf(node) }, { merge: { spec: { taints } } }, { on: { uid, resourceVersion } })
}

/** A person puts something on a Node, and remembers it. */
const mark = async (stage: Stage, node: Node, { which }: Pick<Incident, 'which'>, place: ForeignMark['place']): Promise<string> => {
  const put = { place, key: `people.example/${place}-${Math.floor(which * 1_009) % 3}`, value: `v${stage.world.now}` }
  const uid = node.metadata?.uid ?? ''
  const others = (): readonly ForeignMark[] =>
    (stage.foreign.get(uid) ?? []).filter(other => other.place !== place || other.key !== put.key)
  // What stood there under that key may be overwritten from now on.
  stage.foreign.set(uid, others())
  await putOn(stage, node, put)
  stage.foreign.set(uid, [...others(), put])
  return `a person puts ${place} ${put.key}=${put.value} on ${nameOf(node)}`
}

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
  async 'mark-node'(stage, { which }) {
    const node = among([...stage.truth.nodes.all.values()].sort(byName), which)
    return node && mark(stage, node, { which }, places[Math.floor(which * 97) % places.length] ?? 'label')
  },
  'mark-in-between'(stage, { which }) {
    const strike = ({ method, path, body }: KubeRequest): void => {
      const node = method === 'PATCH' ? stage.truth.nodes.all.get(path.replace('/api/v1/nodes/', '')) : undefined
      if (!node || !/"taints"|\/spec\/taints/.test(JSON.stringify(body ?? {}))) return
      stage.requests.delete(strike)
      mark(stage, node, { which }, 'taint').then(
        told => stage.world.tell(`* ${told}, while a manager writes its taints`),
        (error: unknown) => stage.world.note(`a person was too late: ${String(error)}`),
      )
    }
    stage.requests.add(strike)
    return undefined
  },
  async 'unmark-node'(stage, { which }) {
    const marked = [...stage.truth.nodes.all.values()].filter(node => (stage.foreign.get(node.metadata?.uid ?? '') ?? []).length > 0)
    const node = among(marked.sort(byName), which)
    const uid = node?.metadata?.uid ?? ''
    const mark = among(stage.foreign.get(uid) ?? [], (which * 31) % 1)
    if (!node || !mark) return undefined
    // From now on it may be gone; whether it is, the person learns later.
    stage.foreign.set(
      uid,
      (stage.foreign.get(uid) ?? []).filter(other => other !== mark),
    )
    await putOn(stage, node, mark, true)
    return `a person takes ${mark.place} ${mark.key} off ${nameOf(node)}`
  },
  async 'force-delete'(stage, { which }) {
    // The machine of a group would go on without one: nobody makes it another Node but its kubelet, when it starts.
    const node = among([...stage.truth.nodes.all.values()].filter(each => !memberIn(each)).sort(byName), which)
    if (!node) return undefined
    const uid = node.metadata?.uid ?? ''
    for (const each of uidsOf(node)) stage.forced.add(each)
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
