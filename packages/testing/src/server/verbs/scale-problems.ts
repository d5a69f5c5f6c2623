import { type JsonObject, isObject } from '../objects/index.ts'
import { type Cause, type ResourceDefinition, goPrint } from '../schema/index.ts'
import { invalidValue } from '../status/index.ts'

const mostReplicas = 2_147_483_647

/** What is wrong with what a custom kind's scale subresource reads: a schema may well allow what a Scale cannot say. */
export const scaleProblems = (definition: ResourceDefinition, object: JsonObject): readonly Cause[] => {
  const scale = definition.custom ? definition.subresources.scale : undefined
  if (scale === undefined) return []
  return [...replicaProblems(object, scale.specReplicasPath), ...scaleStatusProblems(definition, object)]
}

/** The same of what it reads of the status. */
export const scaleStatusProblems = (definition: ResourceDefinition, object: JsonObject): readonly Cause[] => {
  const scale = definition.custom ? definition.subresources.scale : undefined
  if (scale === undefined) return []
  const { labelSelectorPath, statusReplicasPath } = scale
  const selector = labelSelectorPath === undefined ? undefined : read(object, labelSelectorPath, 'string')
  return [
    ...replicaProblems(object, statusReplicasPath),
    ...(labelSelectorPath === undefined || selector?.problem === undefined ? [] : [invalidValue(labelSelectorPath, '', selector.problem)]),
  ]
}

const replicaProblems = (object: JsonObject, path: string): readonly Cause[] => {
  const { value, problem } = read(object, path, 'int64')
  if (problem !== undefined) return [invalidValue(path, 0, problem)]
  const replicas = typeof value === 'number' ? value : 0
  if (replicas < 0) return [invalidValue(path, replicas, 'should be a non-negative integer')]
  return replicas > mostReplicas ? [invalidValue(path, replicas, `should be less than or equal to ${mostReplicas}`)] : []
}

interface Read {
  readonly value?: unknown
  readonly problem?: string
}

/** The value at a path, or why it cannot be read, as Go says it. */
const read = (object: JsonObject, path: string, wanted: 'int64' | 'string'): Read => {
  const keys = path.split('.').filter(key => key !== '')
  let value: unknown = object
  for (const [i, key] of keys.entries()) {
    if (value === undefined || value === null) return {}
    if (!isObject(value)) return { problem: accessorError(keys.slice(0, i + 1), value, 'map[string]interface{}') }
    value = value[key]
  }
  if (value === undefined) return {}
  return goType(value) === wanted ? { value } : { problem: accessorError(keys, value, wanted) }
}

const accessorError = (keys: readonly string[], value: unknown, wanted: string): string =>
  `.${keys.join('.')} accessor error: ${goPrint(value)} is of the type ${goType(value)}, expected ${wanted}`

const goType = (value: unknown): string => {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (value === null) return '<nil>'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}
