import { isClaim } from '@kube-node/core'
import { nameOf } from '@kube-node/core/api'
import type { Target } from './target.ts'
import { type Snapshot, type StatusView, nodeRow, statusOf } from './view.ts'

/** What a target asks for, of all that there is. */
export const select = (snapshot: Snapshot, { sort, name }: Target, now: number): StatusView => {
  const view = statusOf(snapshot, now)
  if (sort === undefined) return view
  const named = <Row extends { readonly name: string }>(rows: readonly Row[]): readonly Row[] =>
    name === undefined ? rows : rows.filter(row => row.name === name)
  const other = name === undefined ? undefined : snapshot.nodes.find(node => nameOf(node) === name && !isClaim(node))
  const nodes = other ? [nodeRow(other, snapshot, now)] : named(view.nodes)
  return responsible({
    controllers: view.controllers,
    classes: sort === 'classes' ? named(view.classes) : [],
    nodeSets: sort === 'nodeSets' ? named(view.nodeSets) : [],
    nodes: sort === 'nodes' ? nodes : [],
  })
}

/** With the controllers of what is shown alone. */
const responsible = (view: StatusView): StatusView => {
  const names = new Set([...view.nodes, ...view.nodeSets, ...view.classes].map(({ controller }) => controller))
  return names.size === 0 ? view : { ...view, controllers: view.controllers.filter(({ controller }) => names.has(controller)) }
}
