import { isDeleting } from '@kube-node/core'
import { type Condition, type NodeSet, findCondition, nameOf } from '@kube-node/core/api'
import { type ControllerDescription, wordsOf } from '../../describe/index.ts'
import { type Classes, contentNow, nameOfContent } from '../content.ts'
import { halfUndone, intentOf } from '../undo/index.ts'

/** All that is known of a rollout. */
export interface RolloutFacts {
  readonly set: NodeSet
  /** Undefined where they may not be read. */
  readonly classes: Classes | undefined
  /** Nodes of the set that are being deleted; undefined where that may not be read. */
  readonly going: number | undefined
  /** `name: why`, of nodes of the set that wait for something. */
  readonly waiting: readonly string[]
  readonly controller: ControllerDescription
}

/** How far a rollout is; names and meanings of these fields are what `-o json` shows. */
export interface RolloutDescription {
  readonly name: string
  /** `failed` and `complete` are the ends of it. */
  readonly state: 'complete' | 'progress' | 'paused' | 'failed'
  /** One sentence, with the numbers. */
  readonly message: string
  /** What it waits for, and what is wrong. */
  readonly why: readonly string[]
  readonly desired: number
  readonly updated: number
  readonly old: number
  readonly available: number
  readonly going?: number
  readonly revision?: string
}

/** Pure. As kubectl says it of a Deployment, and why. */
export const describeRollout = (facts: RolloutFacts): RolloutDescription => {
  const { set, going } = facts
  const { status } = set
  const [current, updated] = [status?.replicas ?? 0, status?.updatedReplicas ?? 0]
  const told = tell(facts)
  return {
    name: nameOf(set),
    ...told,
    why: told.state === 'complete' ? [] : whysOf(facts),
    desired: set.spec.replicas ?? 1,
    updated,
    old: Math.max(0, current - updated),
    available: status?.availableReplicas ?? 0,
    ...(going !== undefined && { going }),
    ...(status?.updateRevision !== undefined && { revision: status.updateRevision }),
  }
}

const tell = (facts: RolloutFacts): Pick<RolloutDescription, 'state' | 'message'> => {
  const { set, going = 0 } = facts
  const { spec, status } = set
  const name = nameOf(set)
  if (isDeleting(set)) return { state: 'failed', message: `nodeset "${name}" is being deleted` }
  const state = spec.paused === true ? 'paused' : 'progress'
  if (!isObserved(facts)) return { state, message: 'Waiting for nodeset spec update to be observed...' }

  const progressing = findCondition(status?.conditions, 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return { state: 'failed', message: `nodeset "${name}" exceeded its progress deadline` }
  const [wanted, updated, current, available] = [
    spec.replicas ?? 1,
    status?.updatedReplicas ?? 0,
    status?.replicas ?? 0,
    status?.availableReplicas ?? 0,
  ]
  if (progressing?.reason === 'Complete' && intentOf(set) === undefined) {
    const left = current - updated
    return left > 0
      ? {
          state: 'complete',
          message: `nodeset "${name}" keeps ${left} old ${left === 1 ? 'node' : 'nodes'} until somebody deletes them (strategy OnDelete)`,
        }
      : { state: 'complete', message: `nodeset "${name}" successfully rolled out` }
  }
  return { state, message: `Waiting for nodeset "${name}" rollout to finish: ${restOf({ wanted, updated, current, available, going })}...` }
}

interface Numbers {
  readonly wanted: number
  readonly updated: number
  readonly current: number
  readonly available: number
  readonly going: number
}

const restOf = ({ wanted, updated, current, available, going }: Numbers): string => {
  if (updated < wanted) return `${updated} out of ${wanted} new nodes have been updated`
  if (current > updated) return `${current - updated} old nodes are pending termination`
  if (available < updated) return `${available} of ${updated} updated nodes are available`
  return going > 0 ? `${going} deleted nodes are not gone yet` : 'its last steps'
}

/** Both what the set says and what its classes say: a class that has changed leaves the set's generation as it is. */
const isObserved = ({ set, classes }: RolloutFacts): boolean => {
  const { status, metadata } = set
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return false
  const content = classes && contentNow(set, classes)
  const [expected, shown] = [content && nameOfContent(content), status?.updateRevision]
  // A controller of another version may name revisions in another way, which their first letter tells.
  return expected === undefined || (shown !== undefined && shown[0] !== expected[0]) || shown === expected
}

const whysOf = ({ set, classes, controller, waiting }: RolloutFacts): readonly string[] => {
  const { conditions } = set.status ?? {}
  const isTrue = (type: string): readonly Condition[] =>
    [findCondition(conditions, type) ?? []].flat().filter(({ status }) => status === 'True')
  const progressing = findCondition(conditions, 'Progressing')
  const whys = [
    ...(controller.why === '' ? [] : [`${controller.why}; ${controller.next}`]),
    ...(intentOf(set) === undefined ? [] : [halfUndone(nameOf(set))]),
    ...(set.spec.paused === true ? [`it is paused: kube-node rollout resume nodeset/${nameOf(set)} lets it roll`] : []),
    ...unready(set, classes),
    ...[...isTrue('Degraded'), ...isTrue('RepairFrozen')].map(wordsOf),
    // What it says while nothing holds it is what the numbers say.
    ...(progressing &&
    progressing.reason !== 'Paused' &&
    progressing.reason !== 'Complete' &&
    progressing.message?.startsWith('nodes are being ') !== true
      ? [progressing.message ?? '']
      : []),
    ...waiting,
  ]
  return [...new Set(whys)]
}

const unready = (set: NodeSet, classes: Classes | undefined): readonly string[] => {
  if (!classes) return []
  const names = set.spec.nodeClassNames ?? [set.spec.nodeClassName ?? '']
  return names.flatMap(name => {
    const nodeClass = classes.get(name)
    if (!nodeClass) return [`there is no NodeClass "${name}"`]
    const ready = findCondition(nodeClass.status?.conditions, 'Ready')
    return ready?.status === 'False' ? [`NodeClass "${name}" is not ready: ${wordsOf(ready)}`] : []
  })
}
