import { at, isObject } from '../objects/index.ts'
import type { LabelSelector } from './labels.ts'

/** A `metav1.LabelSelector` as objects hold it. The empty one chooses everything, an absent one nothing. */
export const labelSelectorOf = (selector: unknown): LabelSelector => {
  if (!isObject(selector)) return () => false
  const labels = at(selector, 'matchLabels')
  const wanted = isObject(labels) ? Object.entries(labels) : []
  const listed = at(selector, 'matchExpressions')
  const expressions = Array.isArray(listed) ? listed.map(expressionOf) : []
  return own => wanted.every(([key, value]) => own?.[key] === value) && expressions.every(matches => matches(own))
}

const expressionOf = (expression: unknown): LabelSelector => {
  const key = String(at(expression, 'key'))
  const listed = at(expression, 'values')
  const values = new Set<unknown>(Array.isArray(listed) ? listed : [])
  switch (at(expression, 'operator')) {
    case 'In':
      return own => own?.[key] !== undefined && values.has(own[key])
    case 'NotIn':
      return own => own?.[key] === undefined || !values.has(own[key])
    case 'Exists':
      return own => own?.[key] !== undefined
    case 'DoesNotExist':
      return own => own?.[key] === undefined
    default:
      return () => false
  }
}
