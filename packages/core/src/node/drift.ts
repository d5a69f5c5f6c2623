import { type Node, NodeClasses, NodeSets, Nodes, conditions, findCondition, labels, nameOf } from '../api/index.ts'
import { asDeclared, claimOf, classNameOf, goodRecord, hasJoined, isDeleting } from '../claim/index.ts'
import type { Source } from '../engine/index.ts'
import { offerOf, revisionOfOffer } from '../inventory/index.ts'
import { ProviderError } from '../provider/index.ts'
import { errorText } from '../runtime/index.ts'
import type { Life } from './life.ts'
import { sweepSource } from './sweep.ts'
import { writeCondition } from './write.ts'

/**
 * Asks providers from time to time whether the machines of joined claims are still what their classes say, and writes the answer as
 * the condition `Drifted`, which sets go by. A node of an old revision is not asked about: it is known to be another.
 */
export const driftSource = (life: () => Life | undefined, everyMs: number): Source =>
  sweepSource(life, everyMs, 'looking for drift', () => async current => {
    const { context } = current
    for (const node of context.store(Nodes).list()) {
      try {
        await lookAt(current, node)
      } catch (error) {
        if (context.signal.aborted) return
        const level = ProviderError.is(error) ? 'debug' : 'warn'
        context.log(level, 'looking for drift failed', { node: nameOf(node), error: errorText(error) })
      }
    }
  })

const lookAt = async (life: Life, node: Node): Promise<void> => {
  const record = goodRecord(node)
  if (!record || record.id === undefined || record.controller !== life.controller) return
  if (isDeleting(node) || !hasJoined(node)) return
  const className = classNameOf(node) ?? ''
  const set = life.context.store(NodeSets).get({ name: node.metadata?.labels?.[labels.nodeset] ?? '' })
  const offer = offerOf(className, life.context.store(NodeClasses).get({ name: className }), life.providers, {
    ...(record.overlay && { config: record.overlay }),
    ...(record.zone !== undefined && { zone: record.zone }),
    ...(set?.spec.template?.restartedAt !== undefined && { restartedAt: set.spec.template.restartedAt }),
  })
  if (offer.problem || revisionOfOffer(offer) !== node.metadata?.labels?.[labels.revision]) return
  const connection = await life.session.connect(record.provider, record.connection)
  const machine = connection.inventory.of(claimOf(node)).find(({ id }) => id === record.id)
  if (!connection.tellsDrift || machine?.state !== 'running') return
  const drift = await connection.drift(machine, offer.config)
  if (drift !== undefined) {
    await writeCondition(life, node, { type: conditions.drifted, status: 'True', reason: 'Drifted', message: drift })
  } else if (findCondition(node.status?.conditions, conditions.drifted)) {
    await writeCondition(life, node, asDeclared)
  }
}
