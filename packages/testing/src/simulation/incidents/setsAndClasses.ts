import { type NodeClass, NodeClasses, NodeSets, Nodes, Secrets, nameOf } from '@kube-node/core/api'
import { className, claimNamed, credential, rotatedCredential, secretName, setNamed, systemNamespace } from '../estate.ts'
import { isClaim } from '@kube-node/core'
import { memberIn } from '../groups/books.ts'
import type { Stage } from '../stage.ts'
import { type Plays, among, lasting, setsOf } from './play.ts'

const patchClass = async ({ client }: Stage, spec: { readonly [key: string]: unknown }): Promise<NodeClass> =>
  // A merge patch of plain data: JSON by construction.
  client.patch(NodeClasses, { name: className }, { merge: { spec: spec as never } })

/** Everybody knows of a limit by then. Milliseconds. */
const knownMs = 95_000

const failed =
  ({ world }: Stage) =>
  (error: unknown): void =>
    world.tell(`a person could not make the class crowded: ${String(error)}`)

/** What people do with sets, classes and their credentials. */
export const setAndClassPlays: Plays<'setsAndClasses'> = {
  async 'create-set'(stage, { which }) {
    const name = `set-${Math.floor(which * 3)}`
    const replicas = Math.floor((which * 31) % 5)
    await stage.client.create(NodeSets, setNamed(name, replicas, Math.floor((which * 57) % 2)))
    return `a person makes set ${name} of ${replicas}`
  },
  async 'scale-set'(stage, { which }) {
    const set = among(setsOf(stage), which)
    if (!set) return undefined
    const replicas = Math.floor((which * 131) % 6)
    await stage.client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: { replicas } } })
    return `a person scales set ${nameOf(set)} from ${set.spec.replicas ?? 1} to ${replicas}`
  },
  async 'delete-set'(stage, { which }) {
    const set = among(setsOf(stage), which)
    if (!set) return undefined
    const propagation = (which * 100) % 1 < 0.5 ? 'Background' : 'Foreground'
    await stage.client.delete(NodeSets, { name: nameOf(set) }, { uid: set.metadata?.uid ?? '', propagation })
    return `a person deletes set ${nameOf(set)} (${propagation})`
  },
  async 'orphan-set'(stage, { which }) {
    const set = among(setsOf(stage), which)
    if (!set) return undefined
    await stage.client.delete(NodeSets, { name: nameOf(set) }, { uid: set.metadata?.uid ?? '', propagation: 'Orphan' })
    return `a person deletes set ${nameOf(set)} and keeps its nodes`
  },
  async 'edit-class'(stage, { which }) {
    await patchClass(stage, {
      config: { instanceType: which < 0.5 ? 'medium' : 'small' },
      template: { labels: { tier: `t${Math.floor(which * 10)}` } },
    })
    return 'a person edits the class'
  },
  async 'break-class'(stage, { ms }) {
    await patchClass(stage, { config: { instanceType: 'huge' } })
    lasting(stage, ms, 'the wrong instance type', () => void patchClass(stage, { config: { instanceType: 'small' } }))
    return 'a person writes an instance type into the class that does not exist'
  },
  async 'limit-class'(stage, { which, ms }) {
    const nodes = 1 + Math.floor(which * 6)
    await patchClass(stage, { limits: { nodes } })
    lasting(stage, ms, `the limit`, () => void patchClass(stage, { limits: null }))
    return `a person limits the class to ${nodes} nodes`
  },
  async 'crowd-class'(stage, { which, ms }) {
    const { truth, world, client } = stage
    const claims = [...truth.nodes.all.values()].filter(node => isClaim(node) && !memberIn(node)).length
    const nodes = claims + Math.floor((which * 97) % 2)
    await patchClass(stage, { limits: { nodes } })
    const crowd = async (): Promise<void> => {
      const sets = setsOf(stage)
      for (const set of sets)
        await client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: { replicas: (set.spec.replicas ?? 1) + 2 } } })
      await client.create(Nodes, claimNamed(`claim-${Math.floor(which * 8)}`))
      world.tell(`* a person makes all ${sets.length} sets grow by 2, and claims a node`)
    }
    world.at(knownMs, 'a crowd', () => void crowd().catch(failed(stage)))
    lasting(stage, 2 * knownMs + ms, 'the limit', () => void patchClass(stage, { limits: null }))
    return `a person limits the class to ${nodes} nodes, and has ${claims}`
  },
  async 'rotate-secret'(stage, { which }) {
    const token = which < 0.5 ? credential : rotatedCredential
    const data = { token: Buffer.from(token).toString('base64') }
    await stage.client.patch(Secrets, { namespace: systemNamespace, name: secretName }, { merge: { data } })
    return 'a person rotates the credentials'
  },
}
