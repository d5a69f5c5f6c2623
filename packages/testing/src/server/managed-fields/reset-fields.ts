import type { ResourceDefinition } from '../schema/index.ts'

type Paths = readonly (readonly string[])[]

/** Paths that an endpoint takes back from whoever writes them (the strategies of Kubernetes 1.37 list them by kind). */
interface ResetFields {
  readonly reset: Paths
  readonly skipped: ReadonlySet<string>
}

const of = (...paths: readonly string[]): ResetFields => {
  const reset = paths.map(path => path.split('.'))
  return { reset: reset.filter(path => path.length > 1), skipped: new Set(paths.filter(path => !path.includes('.'))) }
}

const nothing = of()
const status = of('status')
const spec = of('spec')
const allButStatus = of('metadata', 'spec')

/** By kind and endpoint, where it is not as with most: the object does not write status, status does not write spec. */
const special: Readonly<Record<string, ResetFields>> = {
  'pods/status': of('spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences'),
  'deployments/status': of('spec', 'metadata.labels'),
  'certificatesigningrequests/': of('spec', 'status'),
  'certificatesigningrequests/status': of('spec', 'status.conditions'),
  'certificatesigningrequests/approval': of('spec', 'status.certificate'),
  'csinodes/': status,
  'csinodes/status': allButStatus,
  'volumeattachments/status': allButStatus,
  'customresourcedefinitions/status': allButStatus,
  'validatingadmissionpolicies/status': allButStatus,
  'namespaces/finalize': status,
  'services/status': spec,
}

export const resetFields = ({ custom, group, plural, subresources }: ResourceDefinition, subresource: string): ResetFields => {
  const own = custom ? undefined : special[`${plural}/${subresource}`]
  if (own !== undefined) return own
  if (subresource === '') return subresources.status ? status : nothing
  if (subresource !== 'status') return nothing
  return custom || group === 'apiextensions.k8s.io' ? allButStatus : spec
}
