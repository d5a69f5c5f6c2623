import { type CreateRequest, placeOf, spread } from '@kube-node/core/provider'
import { typesOf } from './config.ts'
import type { CapacityType, Ec2Config } from './config.types.ts'

/** A subnet, and where it is. */
export interface Subnet {
  readonly id: string
  readonly zone: string
}

/** Where and as what a machine is asked for: one question to EC2, which knows a client token again in its zone alone. */
export interface Ec2Place {
  readonly instanceType: string
  readonly capacityType: CapacityType
  /** Absent: EC2 chooses. */
  readonly zone?: string
  readonly subnet?: string
}

/**
 * Pure: the one place that an attempt asks at. Capacity types and types as the class prefers them; zones and subnets spread by the claim.
 */
export const ec2PlaceOf = (
  request: Pick<CreateRequest<Ec2Config>, 'config' | 'avoid' | 'owner'>,
  subnets: readonly Subnet[] | undefined,
): Ec2Place | undefined => {
  const { config, owner } = request
  const where = whereOf(config, owner.claim, subnets)
  const places = config.capacityTypes.flatMap(capacityType =>
    typesOf(config).flatMap(instanceType => where.map((spot): Ec2Place => ({ instanceType, capacityType, ...spot }))),
  )
  return placeOf(places, request)
}

const whereOf = (
  { zone }: Ec2Config,
  claim: string,
  subnets: readonly Subnet[] | undefined,
): readonly Pick<Ec2Place, 'zone' | 'subnet'>[] => {
  if (subnets === undefined) return [zone === undefined ? {} : { zone }]
  const usable = subnets.filter(subnet => zone === undefined || subnet.zone === zone)
  return spread(usable, claim, ({ id }) => id).map(subnet => ({ subnet: subnet.id, zone: subnet.zone }))
}
