import type { Cause, SchemaNode } from './definition.ts'
import { required } from './field-error.ts'

/**
 * Fields and items of which the conditions of a schema speak at its root, and that it does not have itself. As at kube-apiserver 1.37
 * nobody asks this of the conditions of what is within.
 */
export const validateCompleteness = (schema: SchemaNode, path: string): readonly Cause[] => ofConditions(schema, schema, path, path)

const ofConditions = (conditions: SchemaNode, schema: SchemaNode, path: string, from: string): readonly Cause[] => [
  ...(conditions.not === undefined ? [] : complete(conditions.not, schema, path, `${from}.not`)),
  ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap(word =>
    (conditions[word] ?? []).flatMap((option, i) => complete(option, schema, path, `${from}.${word}[${i}]`)),
  ),
]

const complete = (condition: SchemaNode, schema: SchemaNode | undefined, path: string, from: string): readonly Cause[] => {
  if (schema === undefined) return [required(path, `because it is defined in ${from}`)]
  const { items, properties = {} } = condition
  return [
    ...ofConditions(condition, schema, path, from),
    ...(items === undefined ? [] : complete(items, schema.items, `${path}.items`, `${from}.items`)),
    ...Object.entries(properties).flatMap(([key, child]) =>
      complete(child, schema.properties?.[key], `${path}.properties[${key}]`, `${from}.properties[${key}]`),
    ),
  ]
}
