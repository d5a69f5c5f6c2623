import { ProviderError } from '@kube-node/core/provider'
import { Refusal } from '@kube-node/provider-gce/google'

/**
 * GKE's own words where its reason says less: a quota is `forbidden` there, which would send people to their permissions.
 * "Insufficient regional quota to satisfy request: resource "CPUS"...":
 * https://cloud.google.com/kubernetes-engine/docs/troubleshooting/quotas. Too many operations at once wait their turn, as one too many
 * does: https://github.com/hashicorp/terraform-provider-google/issues/15205
 */
export const asGkeMeansIt = (error: unknown): unknown => {
  if (!ProviderError.is(error)) return error
  const { code, message, facts } = error
  if (code === 'Unauthorized' && /insufficient .*quota|quota .*exceeded/i.test(message))
    return new ProviderError('QuotaExceeded', message, { ...facts, outcome: 'none' })
  if (code !== 'Busy' && /incompatible operation|is currently \w+ing (a node pool|cluster)|too many operations/i.test(message))
    return new ProviderError('Busy', message, { ...facts, outcome: 'none' })
  return error
}

/** Google has one of that name: 409. */
export const isTaken = (error: unknown): boolean => {
  const cause = ProviderError.is(error) ? error.facts.cause : undefined
  return Refusal.is(cause) && cause.status === 409
}

export const isNotFound = (error: unknown): boolean => ProviderError.is(error) && error.code === 'NotFound'
