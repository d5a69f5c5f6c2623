import { at } from '../objects/index.ts'
import type { Cause, ResourceDefinition } from '../schema/index.ts'
import { invalidValue } from '../status/index.ts'

/** What is wrong with the replicas that a custom kind's scale subresource reads: a schema may well allow what a Scale cannot say. */
export const scaleProblems = (definition: ResourceDefinition, object: Readonly<Record<string, unknown>>): readonly Cause[] => {
  const path = definition.custom ? definition.subresources.scale?.specReplicasPath : undefined
  if (path === undefined) return []
  const replicas = at(object, ...path.split('.').filter(key => key !== ''))
  if (replicas === undefined || replicas === null) return []
  if (typeof replicas !== 'number') {
    const shown = JSON.stringify(replicas).replaceAll('"', '')
    return [invalidValue(path, 0, `${path} accessor error: ${shown} is of the type ${typeof replicas}, expected int64`)]
  }
  if (!Number.isInteger(replicas))
    return [invalidValue(path, 0, `${path} accessor error: ${replicas} is of the type float64, expected int64`)]
  return replicas < 0 ? [invalidValue(path, replicas, 'should be a non-negative integer')] : []
}
