import { type NodeSet, type NodeSetSpec, NodeSets, Nodes, annotations, nameOf } from '@kube-node/core/api'
import { isConflict, isNotFound } from '@kube-node/core/kube'
import { zones } from '../estate.ts'
import type { Stage } from '../stage.ts'
import { type Plays, among, byName, lasting, setsOf } from './play.ts'

/** A merge patch: null takes a field out. */
type Change = { readonly [K in keyof NodeSetSpec]?: NodeSetSpec[K] | null | object }

const edit = async ({ client }: Stage, set: NodeSet, spec: Change): Promise<void> => {
  // A spec of a NodeSet is JSON.
  await client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: spec as never } })
}

/** What ends by itself, if it is still there. */
const later = (stage: Stage, ms: number, what: string, end: () => Promise<unknown>): void => {
  lasting(stage, ms, what, () => {
    end().catch((error: unknown) => {
      if (!isNotFound(error) && !isConflict(error)) throw error
    })
  })
}

/** Changes one of the sets, and tells how. */
const change = async (stage: Stage, which: number, spec: Change): Promise<string | undefined> => {
  const set = among(setsOf(stage), which)
  if (!set) return undefined
  await edit(stage, set, spec)
  return `a person edits set ${nameOf(set)}: ${JSON.stringify(spec)}`
}

/** What people do with sets whose nodes are being replaced, or make them be replaced. */
export const rolloutPlays: Plays<'rollouts'> = {
  'tune-set'(stage, { which }) {
    const [maxSurge, maxUnavailable] = [Math.floor((which * 37) % 3), Math.floor((which * 53) % 3)]
    const rollingUpdate = { maxSurge, maxUnavailable: maxSurge + maxUnavailable === 0 ? 1 : maxUnavailable }
    return change(stage, which, { strategy: { type: 'RollingUpdate', rollingUpdate }, minReadySeconds: Math.floor((which * 71) % 3) * 5 })
  },
  'restart-set': (stage, { which }) => change(stage, which, { template: { restartedAt: `${Math.floor(which * 1_000)}` } }),
  'resize-set': (stage, { which }) =>
    change(stage, which, { template: { config: { instanceType: (which * 10) % 1 < 0.5 ? 'medium' : 'large' } } }),
  async 'pause-set'(stage, { which, ms }) {
    const set = among(setsOf(stage), which)
    if (!set) return undefined
    const onDelete = (which * 100) % 1 < 0.5
    await edit(stage, set, onDelete ? { strategy: { type: 'OnDelete', rollingUpdate: null } } : { paused: true })
    later(stage, ms, `the pause of set ${nameOf(set)}`, () =>
      edit(stage, set, onDelete ? { strategy: { type: 'RollingUpdate' } } : { paused: false }),
    )
    return `a person ${onDelete ? 'lets nobody replace the nodes of' : 'pauses'} set ${nameOf(set)}`
  },
  'warm-set': (stage, { which }) => change(stage, which, { headroom: { nodes: Math.floor((which * 41) % 3) } }),
  'spread-set': (stage, { which }) => change(stage, which, { zones: (which * 10) % 1 < 0.6 ? zones : null }),
  async 'age-set'(stage, { which, ms }) {
    const set = among(setsOf(stage), which)
    if (!set) return undefined
    await edit(stage, set, { maxLifetime: '6m' })
    later(stage, ms * 3, `the short lives of set ${nameOf(set)}`, () => edit(stage, set, { maxLifetime: null }))
    return `a person gives the nodes of set ${nameOf(set)} six minutes to live`
  },
  'repair-set': (stage, { which }) =>
    change(stage, which, {
      repair: {
        unhealthy: [{ type: 'Ready', status: (which * 10) % 1 < 0.7 ? 'Unknown' : 'False', after: '40s' }],
        startupTimeout: '4m',
        maxUnhealthy: (which * 100) % 1 < 0.5 ? '40%' : '100%',
      },
    }),
  async 'keep-node'(stage, { which, ms }) {
    const node = among([...stage.truth.nodes.all.values()].sort(byName), which)
    if (!node) return undefined
    const uid = node.metadata?.uid ?? ''
    const keep = (value: string | null): Promise<unknown> =>
      stage.client.patch(
        Nodes,
        { name: nameOf(node) },
        { merge: { metadata: { annotations: { [annotations.doNotDisrupt]: value } } } },
        { on: { uid } },
      )
    await keep('true')
    later(stage, ms, `do-not-disrupt of ${nameOf(node)}`, () => keep(null))
    return `a person annotates ${nameOf(node)} do-not-disrupt`
  },
}
