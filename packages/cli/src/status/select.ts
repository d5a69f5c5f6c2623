import { nameOf } from '@kube-node/core/api'
import type { Target } from './target.ts'
import { type NodeRow, type Snapshot, type StatusView, nodeRow, statusOf } from './view.ts'

/** What a target asks for, of all that there is. */
export const select = (snapshot: Snapshot, { sort, name }: Target, now: number): StatusView => {
  const view = statusOf(snapshot, now)
  if (sort === undefined) return view
  const named = <Row extends { readonly name: string }>(rows: readonly Row[]): readonly Row[] =>
    name === undefined ? rows : rows.filter(row => row.name === name)
  return responsible({
    controllers: view.controllers,
    classes: sort === 'classes' ? named(view.classes) : [],
    nodeSets: sort === 'nodeSets' ? named(view.nodeSets) : [],
    nodes: sort !== 'nodes' ? [] : name === undefined ? view.nodes : nodesNamed(snapshot, view.nodes, name, now),
  })
}

/** A claim that was handed over is found by the name that it was made under, too; a Node that is none of ours by its own. */
const nodesNamed = (snapshot: Snapshot, rows: readonly NodeRow[], name: string, now: number): readonly NodeRow[] => {
  const found = rows.filter(row => row.name === name || row.claimedAs === name)
  if (found.length > 0) return found
  return snapshot.nodes.filter(node => nameOf(node) === name).map(node => nodeRow(node, snapshot, now))
}

/** With the controllers of what is shown alone. */
const responsible = (view: StatusView): StatusView => {
  const names = new Set([...view.nodes, ...view.nodeSets, ...view.classes].map(({ controller }) => controller))
  return names.size === 0 ? view : { ...view, controllers: view.controllers.filter(({ controller }) => names.has(controller)) }
}
