import { type CreateRequest, placeOf, spread } from '@kube-node/core/provider'
import { typesOf, zonesOf } from './config.ts'
import type { CapacityType, GceConfig } from './config.types.ts'

/** Where and as what a machine is asked for: one question to Google, for whom a name is unique in its zone alone. */
export interface GcePlace {
  readonly zone: string
  readonly instanceType: string
  readonly capacityType: CapacityType
}

/**
 * Pure: the one place that an attempt asks at. Capacity types and machine types as the class prefers them; zones spread by the claim.
 * Undefined when the class names no place, which its schema refuses.
 */
export const gcePlaceOf = (request: Pick<CreateRequest<GceConfig>, 'config' | 'avoid' | 'owner'>): GcePlace | undefined => {
  const { config, owner } = request
  const zones = spread(zonesOf(config), owner.claim, zone => zone)
  const places = config.capacityTypes.flatMap(capacityType =>
    typesOf(config).flatMap(instanceType => zones.map(zone => ({ zone, instanceType, capacityType }))),
  )
  return placeOf(places, request)
}
