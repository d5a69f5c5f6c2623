import { type NodeClass, NodeClasses, nameOf } from '../../api/index.ts'
import { controllerOf, offerOf } from '../../inventory/index.ts'
import { ProviderError } from '../../provider/index.ts'
import type { Life } from '../life.ts'
import { leadsTo } from './entry.ts'

/** Of this controller. */
export const ownClasses = ({ context, controller }: Life): readonly NodeClass[] =>
  context
    .store(NodeClasses)
    .list()
    .filter(nodeClass => controllerOf(nodeClass) === controller)

/**
 * Opens what a class remembers, and what it leads to today: no Node may be left that refers to an account with a leaked machine. What is
 * open stays so, also while its Secret is missing.
 */
export const openConnections = async (life: Life, nodeClass: NodeClass): Promise<void> => {
  const offer = offerOf(nameOf(nodeClass), nodeClass, life.providers)
  const today = offer.problem ? [] : [{ provider: offer.provider.name, ...offer.connection }]
  const earlier = (nodeClass.status?.connections ?? []).filter(entry => !today.some(one => leadsTo(entry, one)))
  for (const { provider, config, secret } of [...today, ...earlier]) {
    try {
      await life.session.connect(provider, { config, ...(secret && { secret }) })
    } catch (error) {
      if (!ProviderError.is(error)) throw error
      life.context.log('debug', 'no connection to look for orphans', { class: nameOf(nodeClass), error: error.message })
    }
  }
}
