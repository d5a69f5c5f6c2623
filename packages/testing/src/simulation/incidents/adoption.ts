import { type Node, Nodes, annotations, labels, nameOf } from '@kube-node/core/api'
import { isClaim } from '@kube-node/core'
import { isNotFound } from '@kube-node/core/kube'
import { className } from '../estate.ts'
import { oldNode } from '../oldNodes.ts'
import type { Stage } from '../stage.ts'
import { leadingSlot } from './managers.ts'
import { type Plays, among, byName } from './play.ts'

/** What kube-node adopt puts on a Node. */
const wish = { labels: { [labels.class]: className }, annotations: { [annotations.adopt]: className } }

const oldOnes = ({ truth, old }: Stage): readonly Node[] => {
  const names = new Set(old.values())
  return [...truth.nodes.all.values()].filter(node => names.has(nameOf(node)) && !isClaim(node)).sort(byName)
}

const adopt = async ({ client }: Stage, node: Node): Promise<string> => {
  const { uid = '', resourceVersion = '' } = node.metadata ?? {}
  await client.patch(Nodes, { name: nameOf(node) }, { merge: { metadata: wish } }, { on: { uid, resourceVersion } })
  return `a person lets class ${className} adopt node ${nameOf(node)}`
}

const deleteLater = (stage: Stage, node: Node, ms: number): void => {
  const { world, client } = stage
  const remove = async (): Promise<void> => {
    try {
      await client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' })
      world.tell(`* a person deletes node ${nameOf(node)}, which was to be adopted`)
    } catch (error) {
      if (!isNotFound(error)) world.tell(`a person could not delete node ${nameOf(node)}: ${String(error)}`)
    }
  }
  world.at(ms, `the deletion of ${nameOf(node)}`, () => void remove())
}

/** People bring Nodes that run already under a class. */
export const adoptionPlays: Plays<'adoption'> = {
  async 'adopt-node'(stage, { which }) {
    const node = among(oldOnes(stage), which)
    return node && adopt(stage, node)
  },
  async 'adopt-and-crash'(stage, { which, ms }) {
    const node = among(oldOnes(stage), which)
    if (!node) return undefined
    const strike = (operation: string): void => {
      if (operation !== 'adopt') return
      stage.calls.delete(strike)
      const slot = leadingSlot(stage)
      if (slot !== undefined)
        stage.world.at(ms % 50, `the end of m${slot + 1} in an adoption`, () => stage.managers.crash(slot, ms % 8_000))
      if (ms % 3 === 0) deleteLater(stage, node, ms % 5_000)
    }
    stage.calls.add(strike)
    return `${await adopt(stage, node)}; the manager will crash in the middle`
  },
  async 'adopt-twice'(stage, { which }) {
    const machine = among([...stage.old.keys()], which)
    if (machine === undefined) return undefined
    const name = `twin-${Math.floor(which * 97) % 2}`
    const twin = oldNode(name, machine)
    // One that somebody made up, or one that pretends to have a kubelet.
    const status = which < 0.5 ? {} : { status: { nodeInfo: { kubeletVersion: 'v1.37.2' } } }
    await stage.client.create(Nodes, { ...twin, ...status, metadata: { ...twin.metadata, ...wish } })
    return `a person lets class ${className} adopt node ${name}, which is said to run on the machine of ${stage.old.get(machine) ?? ''}`
  },
}
