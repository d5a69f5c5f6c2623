import { type NodeClass, nameOf } from '../api/index.ts'
import type { RevisionContent, RevisionOfClass } from '../claim/index.ts'
import type { Provider } from '../provider/index.ts'
import { type GoodOffer, type Offer, type OfferTemplate, offerOf, revisionOfOffer } from './offer.ts'
import type { Providers } from './providers.ts'

/** A revision of a set, as it was kept. */
export interface Kept {
  /** Of the ControllerRevision. */
  readonly name: string
  readonly content: RevisionContent
}

/**
 * What a class offered when that revision was kept: its provider, config and bootstrap of then, with the set's overlay of then. All else,
 * credentials and limits included, is as the class says today. Undefined where exactly that revision can't be made any more.
 *
 * @param nodeClass as it is today.
 * @param template of today: its labels, annotations, taints and zone count.
 */
export const keptOfferOf = (
  { name, content }: Kept,
  nodeClass: NodeClass | undefined,
  providers: Providers,
  template: OfferTemplate = {},
): GoodOffer | undefined => {
  const className = nodeClass && nameOf(nodeClass)
  const was = content.classes.find(one => one.name === className)
  if (!nodeClass || !was) return undefined
  const { config: _config, restartedAt: _restartedAt, ...today } = template
  const offer = offerOf(was.name, asItWas(nodeClass, was), providers, { ...today, ...content.template })
  return offer.problem || revisionOfOffer(offer) !== was.revision ? undefined : { ...offer, from: name }
}

const asItWas = (nodeClass: NodeClass, { provider, config, bootstrap }: RevisionOfClass): NodeClass => {
  const { config: _config, bootstrap: _bootstrap, ...today } = nodeClass.spec
  return { ...nodeClass, spec: { ...today, provider, ...(config && { config }), ...(bootstrap && { bootstrap }) } }
}

/** The same, with the machine in that zone. */
export const offerIn = (zone: string | undefined, offer: GoodOffer<Provider>, providers: Providers): Offer => {
  const { provider, nodeClass, template, from } = offer
  if (provider.kind === 'machines' && (zone === undefined || zone === template.zone)) return { ...offer, provider }
  const placed = offerOf(nameOf(nodeClass), nodeClass, providers, zone === undefined ? template : { ...template, zone })
  return placed.problem || from === undefined ? placed : { ...placed, from }
}
