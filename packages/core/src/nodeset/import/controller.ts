import { type NodeClass, NodeClasses, type NodeSet, NodeSets, classNamesOfSet, nameOf } from '../../api/index.ts'
import { type ConnectionReference, canonicalJson, isDeleting } from '../../claim/index.ts'
import { type ControllerDefinition, type Reconcile, type Result, type Source, watch } from '../../engine/index.ts'
import { type Providers, controllerOf, groupOfferOf, toProviderError } from '../../inventory/index.ts'
import { isAlreadyExists } from '../../kube/index.ts'
import type { GroupLife } from '../group/index.ts'
import { planImport } from './plan.ts'

/** How often a class is looked at though nothing called, in milliseconds: its connection may have been refused. */
const lookAgainMs = 60_000

/** Makes the sets of groups that a class imports. What becomes of them is theirs to say, their end included. */
export const importDefinition = (life: () => GroupLife | undefined): ControllerDefinition<NodeClass> => ({
  name: 'group-import',
  for: NodeClasses,
  watches: [
    // One that is gone, or goes elsewhere, may leave a group without a set.
    watch(NodeSets, (_set, _old, { store }) =>
      store(NodeClasses)
        .list()
        .filter(imports)
        .map(nodeClass => ({ name: nameOf(nodeClass) })),
    ),
  ],
  sources: [groupSource(life)],
  async reconcile(r) {
    const { object: nodeClass } = r
    const current = life()
    if (!current || !nodeClass || !imports(nodeClass) || isDeleting(nodeClass) || controllerOf(nodeClass) !== current.controller)
      return undefined
    return importInto(current, r, nodeClass)
  },
})

const imports = ({ spec }: NodeClass): boolean => spec.importGroups !== undefined

const importInto = async ({ providers, session }: GroupLife, r: Reconcile<NodeClass>, nodeClass: NodeClass): Promise<Result> => {
  const className = nameOf(nodeClass)
  const offer = groupOfferOf(className, nodeClass, providers)
  if (offer.problem) {
    r.event('Warning', 'GroupsNotImported', offer.problem.message)
    return undefined
  }
  const { provider, connection: reference } = offer
  try {
    const { groups, inventory } = await session.connectGroups(provider.name, reference)
    if (inventory.problem) throw inventory.problem
    // Until a list was complete, or of a place that it could not ask, nobody knows what is there, and how large.
    if (inventory.listedAt === -Infinity || inventory.unasked.length > 0) return { after: lookAgainMs }
    const driven = drivenIn(r.store(NodeSets).list(), r.store(NodeClasses).list(), providers, { provider: provider.name, reference })
    const settled = groups.list().filter(({ id, busy }) => groups.isSettled(id) && busy === undefined)
    for (const set of planImport({ className, ids: nodeClass.spec.importGroups?.ids ?? [], groups: settled, driven })) await make(r, set)
  } catch (thrown) {
    const { code, message } = toProviderError(thrown)
    r.event('Warning', 'GroupsNotImported', `${code}: ${message}`)
  }
  return { after: lookAgainMs }
}

const make = async (r: Reconcile<NodeClass>, set: NodeSet): Promise<void> => {
  const id = set.spec.group?.id ?? ''
  try {
    await r.client.create(NodeSets, set, { signal: r.signal })
    r.event('Normal', 'GroupImported', `group ${id} is imported as NodeSet ${nameOf(set)}, with ${set.spec.replicas ?? 0} machines`)
  } catch (error) {
    // Made a moment ago, before this process knew; or somebody's own, who may rename it.
    if (!isAlreadyExists(error)) throw error
  }
}

/** Ids of groups of that connection which sets have written down, or name and are about to. A set whose class is unknown may mean any. */
const drivenIn = (
  sets: readonly NodeSet[],
  classes: readonly NodeClass[],
  providers: Providers,
  where: { readonly provider: string; readonly reference: ConnectionReference },
): ReadonlySet<string> => {
  const here = canonicalJson([where.provider, where.reference])
  const ids = sets.flatMap(set => {
    const { status, spec } = set
    const id = status?.group?.id ?? spec.group?.id
    if (id === undefined) return []
    if (status?.group) return canonicalJson([status.group.provider, status.group.connection]) === here ? [id] : []
    const className = classNamesOfSet(set)[0] ?? ''
    const offer = groupOfferOf(
      className,
      classes.find(each => nameOf(each) === className),
      providers,
    )
    return offer.problem || canonicalJson([offer.provider.name, offer.connection]) === here ? [id] : []
  })
  return new Set(ids)
}

const groupSource = (life: () => GroupLife | undefined): Source => ({
  async run({ enqueue, signal, store }) {
    const current = life()
    if (!current) return
    using _groups = current.session.onGroup(({ provider }) => {
      for (const nodeClass of store(NodeClasses).list()) {
        if (imports(nodeClass) && nodeClass.spec.provider === provider) enqueue({ name: nameOf(nodeClass) })
      }
    })
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
  },
})
