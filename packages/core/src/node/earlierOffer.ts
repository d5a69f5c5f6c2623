import { ControllerRevisions, type Node, type NodeClass } from '../api/index.ts'
import { type RevisionContent, goodRecord, hasJoined, isDeleting, isRevisionContent } from '../claim/index.ts'
import { type GoodOffer, type OfferTemplate, keptOfferOf } from '../inventory/index.ts'
import type { Life } from './life.ts'

/**
 * What the class offered when the revision was kept that this claim's set has it made of. Undefined for a claim that follows its class as
 * it is today, and for one whose revision nobody has any more: it follows its class from then on.
 */
export const earlierOffer = async (
  life: Life,
  node: Node,
  nodeClass: NodeClass | undefined,
  template: OfferTemplate,
): Promise<GoodOffer | undefined> => {
  const record = goodRecord(node)
  // Of what runs, or goes, nothing more is made.
  if (!record || record.revision === undefined || hasJoined(node) || isDeleting(node)) return undefined
  const content = await contentOf(life, node, record.revision)
  return content && keptOfferOf({ name: record.revision, content }, nodeClass, life.providers, template)
}

const contentOf = async (life: Life, node: Node, name: string): Promise<RevisionContent | undefined> => {
  const { contents, namespace, context } = life
  const set = node.metadata?.ownerReferences?.find(({ controller }) => controller === true)?.uid
  if (set === undefined) return undefined
  const key = `${set}/${name}`
  const known = contents.get(key)
  if (known) return known
  const found = await context.client.get(ControllerRevisions, { namespace, name }, context.signal)
  // One of another set of this name says nothing of this one.
  if (!found?.metadata?.ownerReferences?.some(({ uid }) => uid === set) || !isRevisionContent(found.data)) return undefined
  contents.set(key, found.data)
  return found.data
}
