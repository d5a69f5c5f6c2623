import { type NodeClass, defaultController, mergePatch } from '../api/index.ts'
import { type BirthTemplate, type ConnectionReference, isDeleting } from '../claim/index.ts'
import type { MachineProvider } from '../provider/index.ts'
import type { Providers } from './providers.ts'
import { check } from './schema.ts'

/** What a class, with what a set lays over it, offers to a claim now; or in words why it offers nothing. */
export type Offer = GoodOffer | NoOffer

export interface GoodOffer {
  readonly problem?: undefined
  readonly nodeClass: NodeClass
  readonly provider: MachineProvider
  readonly connection: ConnectionReference
  /** As a person wrote it, class and set merged: what the revision is made of. */
  readonly written: Readonly<Record<string, unknown>>
  /** As the provider's schema reads it, defaults filled in: what a create sends. */
  readonly config: Readonly<Record<string, unknown>>
  readonly template: BirthTemplate
}

export interface NoOffer {
  readonly problem: { readonly reason: string; readonly message: string }
}

/** What a set lays over its class. */
export interface OfferTemplate extends BirthTemplate {
  /** JSON merge patch over the class's config. */
  readonly config?: Readonly<Record<string, unknown>>
}

export const controllerOf = (nodeClass: NodeClass): string => nodeClass.spec.controller ?? defaultController

/** A pure reading of class and registry: it asks no provider and no API server. */
export const offerOf = (className: string, nodeClass: NodeClass | undefined, providers: Providers, template: OfferTemplate = {}): Offer => {
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
  if (provider.kind !== 'machines') {
    return none('ProviderNotFound', `provider "${provider.name}" manages groups, not single machines: it serves NodeSets`)
  }
  const written = asObject(mergePatch(nodeClass.spec.config ?? {}, template.config ?? {}))
  const checked = check(provider.definition.config, written)
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

const none = (reason: string, message: string): NoOffer => ({ problem: { reason, message } })

const pick = (config: Readonly<Record<string, unknown>>, keys: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(keys.filter(key => config[key] !== undefined).map(key => [key, config[key]]))

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
