import { at, isObject, textAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { duplicate, invalid, notSupported, required, tooLong } from '../schema/field-error.ts'
import { qualifiedName } from '../schema/names.ts'

const statuses = ['False', 'True', 'Unknown']
const longestReason = 1_024
const longestMessage = 32 * 1_024
const reasonPattern = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?'
const reasonShape = new RegExp(`^${reasonPattern}$`)
const reasonMessage =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and " +
  "must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or " +
  `'ReasonA:ReasonB', regex used for validation is '${reasonPattern}')`

/** What is wrong with conditions of the general form (`metav1.Condition`). */
export const validateConditions = (conditions: unknown, field: string): readonly Cause[] => {
  const listed: readonly unknown[] = Array.isArray(conditions) ? conditions : []
  const types = listed.map(condition => textAt(condition, 'type'))
  return listed.flatMap((condition, i) => [
    ...(types.indexOf(types[i] ?? '') < i ? [duplicate(`${field}[${i}]`, types[i])] : []),
    ...(isObject(condition) ? validateCondition(condition, `${field}[${i}]`) : []),
  ])
}

const validateCondition = (condition: Readonly<Record<string, unknown>>, field: string): readonly Cause[] => {
  const type = textAt(condition, 'type')
  const status = textAt(condition, 'status')
  const reason = textAt(condition, 'reason')
  const generation = at(condition, 'observedGeneration')
  return [
    ...(type === '' ? [required(`${field}.type`, 'is required')] : qualifiedName(type).map(why => invalid(`${field}.type`, type, why))),
    ...(status === ''
      ? [required(`${field}.status`)]
      : statuses.includes(status)
        ? []
        : [notSupported(`${field}.status`, status, statuses)]),
    ...(typeof generation === 'number' && generation < 0
      ? [invalid(`${field}.observedGeneration`, generation, 'must be greater than or equal to zero')]
      : []),
    ...(textAt(condition, 'lastTransitionTime') === '' ? [required(`${field}.lastTransitionTime`)] : []),
    ...(reason === '' ? [required(`${field}.reason`)] : []),
    ...(reason === '' || reasonShape.test(reason) ? [] : [invalid(`${field}.reason`, reason, reasonMessage)]),
    ...(Buffer.byteLength(reason) > longestReason ? [tooLong(`${field}.reason`, longestReason)] : []),
    ...(Buffer.byteLength(textAt(condition, 'message')) > longestMessage ? [tooLong(`${field}.message`, longestMessage)] : []),
  ]
}
