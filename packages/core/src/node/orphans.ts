import { Nodes } from '../api/index.ts'
import { type Connection, toProviderError } from '../inventory/index.ts'
import type { Metrics, Source } from '../engine/index.ts'
import type { Machine } from '../provider/index.ts'
import { type Emptied, forgetEmptied, openConnections, ownClasses, rememberRecorded } from './connections/index.ts'
import { witness } from './freeze/index.ts'
import { byClaim } from './indexes.ts'
import type { Life } from './life.ts'
import { hasLiveClaim } from './liveClaim.ts'
import { isBelievable } from './loss.ts'
import { type ProviderGauge, any, distinct, providerGauge } from './providerGauge.ts'
import { sweepSource } from './sweep.ts'
import { tellClasses } from './tellClasses.ts'

/** Machines that no claim stands for, and since when (monotonic start of the first list that showed them so). */
export type Suspects = Map<string, number>

/** What one sweep leaves for the next, in one life. */
interface Sight {
  readonly suspects: Suspects
  readonly emptied: Emptied
  isRecordedRemembered: boolean
  /** What was last said of a connection. */
  readonly said: WeakMap<Connection, string>
  /** By the providerID of those that have been orphans for long enough. */
  readonly orphans: ProviderGauge<readonly string[]>
  readonly frozen: ProviderGauge<boolean>
}

export interface OrphanVerdict {
  readonly orphans: readonly Machine[]
  /** Those that have been so for long enough: to be deleted now, once a live read agrees and unless `frozen` says why not. */
  readonly due: readonly Machine[]
  /** In words, why nothing is deleted though machines look orphaned. */
  readonly frozen: string | undefined
}

/** Pure: which of our machines have been without a claim for a whole consistency window and one more list. Updates `suspects`. */
export const judgeOrphans = (
  owned: readonly Machine[],
  hasClaim: (uid: string) => boolean,
  suspects: Suspects,
  listedAt: number,
  consistencyWindowMs: number,
): OrphanVerdict => {
  const orphans = owned.filter(machine => !hasClaim(machine.owner?.claim ?? ''))
  const ids = new Set(orphans.map(machine => machine.id))
  for (const machine of owned) if (!ids.has(machine.id)) suspects.delete(machine.id)
  for (const id of ids) if (!suspects.has(id)) suspects.set(id, listedAt)
  const due = orphans.filter(machine => listedAt > (suspects.get(machine.id) ?? Infinity) + consistencyWindowMs)
  if (!isBelievable(orphans.length, owned.length)) {
    return {
      orphans,
      due,
      frozen:
        `${orphans.length} of ${owned.length} machines have no Node all at once, which looks like a lost or restored API server: ` +
        'none is deleted until their Nodes are back or somebody deletes the machines by hand',
    }
  }
  return { orphans, due, frozen: undefined }
}

/** Looks for machines of ours without a claim, every so often. */
export const orphanSource = (life: () => Life | undefined, everyMs: number): Source =>
  sweepSource(life, everyMs, 'looking for orphaned machines', metrics => {
    const sight = sightOf(metrics)
    return current => sweepOrphans(current, sight)
  })

const sightOf = (metrics: Metrics): Sight => {
  const counted = metrics.gauge('kube_node_orphans', 'Machines of ours that no claim stands for, and that are not gone yet', ['provider'])
  const help = '1 while too many machines look orphaned for any of them to be deleted'
  const frozen = metrics.gauge('kube_node_orphan_deletion_frozen', help, ['provider'])
  return {
    suspects: new Map(),
    emptied: new Map(),
    isRecordedRemembered: false,
    said: new WeakMap(),
    orphans: providerGauge(counted, distinct),
    frozen: providerGauge(frozen, any),
  }
}

/**
 * Looks at every connection that a class or a record leads to, or that a class remembers, and deletes machines that carry our cluster and
 * controller but whose claim is gone.
 */
const sweepOrphans = async (life: Life, sight: Sight): Promise<void> => {
  if (!sight.isRecordedRemembered) {
    await rememberRecorded(life)
    sight.isRecordedRemembered = true
  }
  for (const nodeClass of ownClasses(life)) await openConnections(life, nodeClass)
  for (const connection of life.session.connections) await sweepConnection(life, connection, sight)
  await forgetEmptied(life, sight.emptied)
}

const sweepConnection = async (life: Life, connection: Connection, sight: Sight): Promise<void> => {
  const { context } = life
  const { inventory } = connection
  if (inventory.listedAt === -Infinity || inventory.problem) return
  const owned = inventory
    .list()
    .filter(({ owner, state }) => owner?.cluster === life.cluster && owner.controller === life.controller && state !== 'stopping')
  const nodes = context.store(Nodes)
  const verdict = judgeOrphans(
    owned,
    uid => nodes.by(byClaim, uid).length > 0,
    sight.suspects,
    inventory.listedAt,
    connection.consistencyWindowMs,
  )
  witness(life, verdict.orphans)
  const frozen = life.freeze.why ?? verdict.frozen
  sight.orphans.set(
    connection,
    verdict.due.map(({ providerID }) => providerID),
  )
  sight.frozen.set(connection, frozen !== undefined)
  if (frozen !== undefined) return announce(life, connection, sight, 'OrphanDeletionFrozen', frozen)
  if (verdict.due.length === 0) return void sight.said.delete(connection)
  if (life.garbage === 'report') {
    const names = verdict.due.map(({ providerID, owner }) => `${providerID} (of node ${owner?.nodeName ?? ''})`).toSorted()
    const message = `no Node stands for ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', ...' : ''}: reported only, not deleted`
    return announce(life, connection, sight, 'OrphanedMachines', message)
  }
  for (const machine of verdict.due) await deleteOrphan(life, connection, machine, sight)
}

/** Once, until it changes. */
const announce = (life: Life, connection: Connection, { said }: Sight, reason: string, message: string): void => {
  if (said.get(connection) === message) return
  said.set(connection, message)
  life.context.log('warn', 'orphaned machines are kept', { provider: connection.provider.name, reason, why: message })
  tellClasses(life, connection, reason, message)
}

const deleteOrphan = async (life: Life, connection: Connection, machine: Machine, { suspects }: Sight): Promise<void> => {
  const { context } = life
  const { owner } = machine
  if (!owner) return
  try {
    // That very read may show that the API server went back in time.
    const isDue = async (): Promise<boolean> => !(await hasLiveClaim(context, owner)) && life.freeze.why === undefined
    if (!(await connection.delete(machine, isDue))) return
    suspects.delete(machine.id)
    context.log('warn', 'deleted a machine whose Node is gone', { machine: machine.providerID, node: owner.nodeName, claim: owner.claim })
    context.metrics
      .counter('kube_node_orphans_deleted_total', 'Machines that were deleted because their claim was gone', ['provider'])
      .add(1, { provider: connection.provider.name })
  } catch (error) {
    context.log('warn', 'could not delete a machine whose Node is gone', {
      machine: machine.providerID,
      error: toProviderError(error).message,
    })
  }
}
