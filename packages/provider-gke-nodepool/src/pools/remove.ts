import { type Call, type ErrorCode, type Group, type Outcome, ProviderError } from '@kube-node/core/provider'
import { refuseIfBusy } from './busy.ts'
import { lookAt } from './look.ts'
import { createInstances, deleteInstances } from './managers.ts'
import { type Removals, removalsOf } from './removals.ts'
import type { Services } from './services.ts'

const done: Outcome<void> = { value: undefined }

/** Removes exactly these. What is gone or goes already is left out by a look beforehand: asked again, nothing shrinks twice. */
export const removeMembers = async (
  services: Services,
  group: Group,
  ids: readonly string[],
  replace: boolean,
  call: Call,
): Promise<readonly Outcome<void>[]> => {
  const facts = await lookAt(services, group.id, call)
  if (!facts) return ids.map(() => done)
  refuseIfBusy(facts.pool)
  const errors = new Map<string, ProviderError>()
  for (const removals of removalsOf(facts, ids, replace)) {
    const error = await refusalOf(removeIn(services, removals, call))
    if (error) for (const id of removals.ids) errors.set(id, error)
  }
  return ids.map(id => {
    const error = errors.get(id)
    return error ? { error } : done
  })
}

/**
 * First those who come, then those who go: whoever dies in between leaves a pool with one too many, and makes no second one when asked
 * again. The other way round the pool would be too small, and nobody would know that it was not meant to be.
 */
const removeIn = async ({ compute }: Services, { zone, names, successors }: Removals, call: Call): Promise<void> => {
  if (successors.length > 0) await createInstances(compute, zone.place, successors, call)
  await deleteInstances(compute, zone.place, names, call)
}

/** What Google may say of one zone and not of another. Anything else ends the whole: what was ordered by then, the next list shows. */
const ofOne: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['Busy', 'InvalidConfig', 'NotFound'])

const refusalOf = async (work: Promise<void>): Promise<ProviderError | undefined> => {
  try {
    await work
    return undefined
  } catch (error) {
    if (!ProviderError.is(error) || !ofOne.has(error.code)) throw error
    return error
  }
}
