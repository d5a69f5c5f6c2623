import { type NodeClass, defaultController, mergePatch } from '../api/index.ts'
import { type BirthTemplate, type ConnectionReference, isDeleting, revisionOf } from '../claim/index.ts'
import type { GroupProvider, MachineProvider, Provider } from '../provider/index.ts'
import type { Providers } from './providers.ts'
import { check } from './schema.ts'

/** What a class, with what a set lays over it, offers to a claim now; or in words why it offers nothing. */
export type Offer<P extends Provider = MachineProvider> = GoodOffer<P> | NoOffer

export interface GoodOffer<P extends Provider = MachineProvider> {
  readonly problem?: undefined
  readonly nodeClass: NodeClass
  readonly provider: P
  readonly connection: ConnectionReference
  /** As a person wrote it, class and set merged: what the revision is made of. */
  readonly written: Readonly<Record<string, unknown>>
  /** As the provider's schema reads it, defaults filled in: what a create sends. */
  readonly config: Readonly<Record<string, unknown>>
  readonly template: OfferTemplate
  /** The ControllerRevision that it was rebuilt from; undefined for what the class says today. */
  readonly from?: string
}

export interface NoOffer {
  readonly problem: { readonly reason: string; readonly message: string }
}

/** What a set lays over its class. */
export interface OfferTemplate extends BirthTemplate {
  /** JSON merge patch over the class's config. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Where the machine shall be. */
  readonly zone?: string
}

export const controllerOf = (nodeClass: NodeClass): string => nodeClass.spec.controller ?? defaultController

/** What a class of single machines offers. A pure reading of class and registry: it asks no provider and no API server. */
export const offerOf = (className: string, nodeClass: NodeClass | undefined, providers: Providers, template: OfferTemplate = {}): Offer => {
  const offer = anyOfferOf(className, nodeClass, providers, template)
  if (offer.problem) return offer
  const { provider } = offer
  return provider.kind === 'machines'
    ? { ...offer, provider }
    : none('ProviderNotFound', `provider "${provider.name}" manages groups, not single machines: it serves NodeSets`)
}

/** What a class of groups offers to a set. */
export const groupOfferOf = (
  className: string,
  nodeClass: NodeClass | undefined,
  providers: Providers,
  template: OfferTemplate = {},
): Offer<GroupProvider> => {
  const offer = anyOfferOf(className, nodeClass, providers, template)
  if (offer.problem) return offer
  const { provider } = offer
  return provider.kind === 'groups'
    ? { ...offer, provider }
    : none('ProviderNotFound', `provider "${provider.name}" makes single machines, and this set drives a group`)
}

/** What a class offers, of whichever kind its provider is. */
export const anyOfferOf = (
  className: string,
  nodeClass: NodeClass | undefined,
  providers: Providers,
  template: OfferTemplate = {},
): Offer<Provider> => {
  if (!nodeClass) {
    return none('ClassNotFound', `there is no NodeClass "${className}": create it, or delete this node`)
  }
  if (isDeleting(nodeClass)) {
    return none(
      'ClassDeleting',
      `NodeClass "${className}" is being deleted and serves no new machines: delete this node, or create the class again`,
    )
  }
  const provider = providers.get(nodeClass.spec.provider)
  if (!provider) {
    const known = providers.names.length === 0 ? 'none' : providers.names.join(', ')
    return none(
      'ProviderNotFound',
      `NodeClass "${className}" names provider "${nodeClass.spec.provider}", which this controller does not have (it has: ${known}): ` +
        'correct spec.provider, or run the controller with that provider',
    )
  }
  const written = asObject(mergePatch(nodeClass.spec.config ?? {}, template.config ?? {}))
  const zoneKey = provider.kind === 'machines' ? provider.definition.zone : undefined
  if (template.zone !== undefined && zoneKey === undefined) {
    return none('InvalidConfig', `provider ${provider.name} can't be told a zone: take spec.zones out of the NodeSet`)
  }
  const placed = template.zone === undefined || zoneKey === undefined ? written : { ...written, [zoneKey]: template.zone }
  const checked = check(provider.definition.config, placed)
  if (checked.problem !== undefined) {
    return none('InvalidConfig', `NodeClass "${className}": spec.config does not fit provider ${provider.name}: ${checked.problem}`)
  }
  const { secretRef } = nodeClass.spec
  return {
    nodeClass,
    provider,
    written,
    template,
    config: checked.value,
    connection: {
      config: pick(checked.value, provider.definition.connection),
      ...(secretRef === undefined ? {} : { secret: { namespace: secretRef.namespace, name: secretRef.name } }),
    },
  }
}

/** What a machine made of it now would be a revision of. */
export const revisionOfOffer = ({ nodeClass, written, template }: GoodOffer<Provider>): string =>
  revisionOf(nodeClass.spec, written, template.restartedAt)

const none = (reason: string, message: string): NoOffer => ({ problem: { reason, message } })

const pick = (config: Readonly<Record<string, unknown>>, keys: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(keys.filter(key => config[key] !== undefined).map(key => [key, config[key]]))

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
