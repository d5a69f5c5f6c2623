import { isFields, spell } from './memory.ts'

type Part = (value: unknown) => unknown

const mapped = (value: unknown, part: Part): unknown =>
  Array.isArray(value)
    ? value.map(part)
    : isFields(value)
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, part(item)]))
      : value

const within = (value: unknown, parts: Readonly<Record<string, Part>>): unknown =>
  isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parts[key]?.(item) ?? item])) : value

const withoutOwn: Part = value =>
  isFields(value)
    ? Object.fromEntries(Object.entries(value).filter(([key, item]) => key !== 'description' || typeof item !== 'string'))
    : value

const withoutAny: Part = value => mapped(withoutOwn(value), withoutAny)

const parameters: Part = value => mapped(value, withoutOwn)

const operation: Part = value => within(withoutOwn(value), { parameters })

/** What stands at a path: the names of methods, and parameters that these share. */
const path: Part = value =>
  isFields(value)
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, (key === 'parameters' ? parameters : operation)(item)]))
    : value

const fieldsOfAnyObject = { apiVersion: withoutOwn, kind: withoutOwn, metadata: withoutOwn }

/** An author's own words stay; those of the fields that any object has are the server's. */
const custom = (value: unknown, isRoot: boolean): unknown => {
  if (!isFields(value)) return value
  const isObject = isRoot || value['x-kubernetes-embedded-resource'] === true
  const properties: Part = item => within(mapped(item, inner), isObject ? fieldsOfAnyObject : {})
  return within(value, { properties, items: inner, additionalProperties: inner })
}

const inner: Part = value => custom(value, false)

const list: Part = value => within(value, { properties: item => mapped(item, withoutOwn) })

const isList = (schema: unknown): boolean => isFields(schema) && spell(schema['description']).includes(' is a list of ')

const schemas: Part = value =>
  isFields(value)
    ? Object.fromEntries(
        Object.entries(value).map(([name, schema]) => [
          name,
          name.startsWith('io.k8s.') ? withoutAny(schema) : isList(schema) ? list(schema) : custom(schema, true),
        ]),
      )
    : value

/** An OpenAPI document without the sentences that are the server's, not those of whoever defined the kind. */
export const withoutServersWords: Part = document =>
  within(document, {
    paths: value => mapped(value, path),
    components: value => within(value, { schemas, securitySchemes: item => mapped(item, withoutOwn) }),
  })
