import { type Call, type Owner, ProviderError } from '@kube-node/core/provider'
import { type Google, type Operation, ended } from '../google/index.ts'
import { labelsOf, ownerItem, ownerKey, ownerLabels, ownerOf } from './labels.ts'
import { getInstance } from './list.ts'
import { type Whereabouts, instancePath, whereaboutsOf, zonePath } from './machine.ts'
import type { Instance } from './resources.ts'

/**
 * Writes the owner on an instance that runs already: metadata first, then the labels that lists go by, so that it is ours only when all is
 * written. Both writes say what they were decided on; somebody else's in between is `Busy`.
 */
export const adoptInstance = async (google: Google, project: string, providerID: string, owner: Owner, call: Call): Promise<Instance> => {
  const where = whereaboutsOf(providerID)
  if (where?.project !== project) throw new ProviderError('NotFound', `${providerID} names no instance of project ${project}`)
  const instance = await existing(google, where, call)
  const problem = whyNotAdopt(instance, owner)
  if (problem) throw problem
  const item = ownerItem(owner)
  const { fingerprint, items = [] } = instance.metadata ?? {}
  if (!items.some(({ key, value }) => key === item.key && value === item.value)) {
    const body = { fingerprint, items: [...items.filter(({ key }) => key !== item.key), item] }
    await write(google, where, 'setMetadata', body, call)
  }
  const labels = labelsOf(owner, instance.labels)
  if (Object.entries(labels).some(([key, value]) => instance.labels?.[key] !== value)) {
    await write(google, where, 'setLabels', { labelFingerprint: instance.labelFingerprint, labels }, call)
  }
  return existing(google, where, call)
}

const existing = async (google: Google, where: Whereabouts, call: Call): Promise<Instance> => {
  const instance = await getInstance(google, where, call)
  if (!instance) throw new ProviderError('NotFound', `there is no instance ${where.name} in zone ${where.zone}`)
  return instance
}

const write = async (google: Google, where: Whereabouts, method: 'setMetadata' | 'setLabels', body: object, call: Call): Promise<void> => {
  const path = `${instancePath(where)}/${method}`
  const operation = await google.ask<Operation>(`instances.${method}`, { method: 'POST', path, body }, call)
  await ended(google, `instances.${method}`, zonePath(where), operation, call)
}

/** Pure: what is against it; undefined when nothing is. */
export const whyNotAdopt = (instance: Instance, owner: Owner): ProviderError | undefined => {
  const { name, status, labels = {}, metadata } = instance
  const invalid = (message: string): ProviderError => new ProviderError('InvalidConfig', `instance ${name} ${message}`, { outcome: 'none' })
  if (status === 'STOPPING') return new ProviderError('NotFound', `instance ${name} is ${status}`)
  const group = metadata?.items?.find(({ key }) => key === 'created-by')?.value
  if (group?.includes('/instanceGroupManagers/') === true) {
    return invalid(`is a member of ${group}, which would replace it: abandon it there first`)
  }
  const before = ownerOf(instance)
  const claim = labels[ownerLabels.claim]
  const isOurs = before ? before.claim === owner.claim && before.cluster === owner.cluster : claim === undefined || claim === owner.claim
  return isOurs
    ? undefined
    : invalid(`carries the labels of claim ${claim}: take ${Object.values(ownerLabels).join(', ')} and metadata ${ownerKey} off first`)
}
