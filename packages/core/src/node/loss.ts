import type { Scope } from '../provider/index.ts'

/** Of machines that are missing: the Node ends with it; or lists are not believed, show not everything, or are another account's. */
export const reasons = {
  lost: 'MachineLost',
  lossFrozen: 'MachineLossFrozen',
  unavailable: 'ProviderUnavailable',
  accountChanged: 'AccountChanged',
} as const

const unseen: ReadonlySet<string> = new Set([reasons.lossFrozen, reasons.unavailable, reasons.accountChanged])

/** Said of a machine that could not be seen: no longer true once it is. */
export const isAboutSight = (reason: string | undefined): boolean => reason !== undefined && unseen.has(reason)

/** How much of what is recorded on Nodes a connection's newest list does not show. */
export interface Loss {
  /** Claims of this connection whose machine is recorded and not known to go or to be gone, those that still boot included. */
  readonly recorded: number
  /** Those of them whose machine is missing. */
  readonly missing: number
}

/** Why the list is not believed of a machine whose kubelet reports. */
export const contradiction =
  "the provider's list lacks the machine of this node, whose kubelet still says that it is ready: the list is not believed"

/** In words, that a list does not show everything, since places could not be asked. */
export const partialList = (unasked: readonly Scope[]): string | undefined => {
  if (unasked.length === 0) return undefined
  const places = unasked.map(({ zone, instanceType, capacityType }) => [zone, instanceType, capacityType].filter(Boolean).join(' '))
  return `it could not ask everywhere (${places.join(', ')})`
}

/** In words, why a machine that is missing may well be there. */
export const blindness = (unasked: readonly Scope[]): string | undefined => {
  const partial = partialList(unasked)
  return partial && `the machine is missing from the provider's list, but ${partial}: no machine is taken for lost until it can`
}

/** So many may go at once before it looks like bad information rather than bad luck. */
const believableCount = 2
const believableShare = 0.3

/** Whether so many of all may have gone by bad luck alone: the one measure for lost machines and for orphaned ones. */
export const isBelievable = (gone: number, all: number): boolean => gone <= Math.max(believableCount, Math.floor(all * believableShare))

/**
 * In words, why the missing machines are not believed to be lost; undefined when they are. Changed credentials, another
 * region or a provider in trouble look just like machines that died, and answering that with deletions would finish the
 * cluster off.
 */
export const disbelief = ({ recorded, missing }: Loss): string | undefined => {
  const all = missing === recorded && recorded > 1
  if (!all && isBelievable(missing, recorded)) return undefined
  return (
    `${missing} of ${recorded} machines of this account are missing from its list at once, which looks like wrong credentials, ` +
    'another region or a provider in trouble: nothing is deleted or replaced until they show up again, or their Nodes are deleted ' +
    'by hand and their finalizers removed'
  )
}
