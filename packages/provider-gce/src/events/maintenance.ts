import type { Interruption } from '@kube-node/core/provider'
import { timeOf } from './event.ts'

/** The part of an instance that tells of maintenance: https://cloud.google.com/compute/docs/reference/rest/v1/instances (resourceStatus) */
export interface Maintained {
  readonly id: string
  readonly scheduling?: { readonly onHostMaintenance?: string }
  readonly resourceStatus?: { readonly upcomingMaintenance?: UpcomingMaintenance }
}

export interface UpcomingMaintenance {
  /** `SCHEDULED`, `UNSCHEDULED`. */
  readonly type?: string
  /** RFC 3339. */
  readonly windowStartTime?: string
}

/** Pure: that Google is going to end an instance to work on its host. One that it moves meanwhile serves on. */
export const maintenanceOf = ({ id, scheduling, resourceStatus }: Maintained): Interruption | undefined => {
  const upcoming = resourceStatus?.upcomingMaintenance
  if (!upcoming || scheduling?.onHostMaintenance !== 'TERMINATE') return undefined
  const begins = timeOf(upcoming.windowStartTime)
  return {
    id,
    reason: `Google is going to work on its host (${upcoming.type ?? 'UNSCHEDULED'}), and ends it for that`,
    ...(begins !== undefined && { at: new Date(begins).toISOString() }),
  }
}
