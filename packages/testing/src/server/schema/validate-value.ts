import type { Cause, SchemaNode } from './definition.ts'
import { type Correlation, fieldOf, itemOf, unchanged } from './correlation.ts'
import { invalid, notSupported, required, tooLong, tooMany, typeInvalid } from './field-error.ts'
import { hasFormat, isKnownFormat } from './formats.ts'
import { type JsonObject, equal, isObject } from './json.ts'
import { patternOf } from './pattern.ts'
import { goJson, goNumber, goQuote } from './quote.ts'

/**
 * What OpenAPI words of a schema refuse. `score` counts the checks that the API server made: of the alternatives of an anyOf or
 * oneOf that all fail, it reports the one with the highest.
 */
export interface Verdict {
  readonly causes: readonly Cause[]
  readonly score: number
}

/** `path` begins with a dot except at the root: `.spec.replicas`. */
export const validateValue = (schema: SchemaNode, value: unknown, path: string, correlation?: Correlation): Verdict => {
  const verdict = check(schema, value, path, correlation)
  // What the update did not touch is forgiven, whatever is wrong inside.
  return verdict.causes.length > 0 && unchanged(correlation) ? { causes: [], score: verdict.score } : verdict
}

const fieldName = (path: string): string => (path.startsWith('.') ? path.slice(1) : path)

const typesOf = (schema: SchemaNode): readonly string[] =>
  schema['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : schema.type === undefined ? [] : [schema.type]

const formatOf = (schema: SchemaNode): string | undefined => {
  const { format, type } = schema
  if (format === undefined) return undefined
  if (type === 'integer') return format === 'int32' || format === 'int64' ? format : undefined
  if (type === 'number') return format === 'float' || format === 'double' ? format : undefined
  return (type === undefined || type === 'string') && isKnownFormat(format) ? format : undefined
}

const typeOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const check = (schema: SchemaNode, value: unknown, path: string, correlation: Correlation | undefined): Verdict => {
  const causes: Cause[] = []
  let score = 0
  const add = (verdict: Verdict): void => {
    causes.push(...verdict.causes)
    score += verdict.score + 1
  }
  const simple = (found: readonly Cause[]): void => add({ causes: found, score: 0 })
  const type = checkType(schema, value, path)
  if (value === null || value === undefined) return { causes: [...type, ...checkEnum(schema, value, path)], score: 0 }
  if (schema.type !== undefined || schema.format !== undefined || schema['x-kubernetes-int-or-string'] === true)
    add({ causes: type, score: type.length === 0 ? 1 : 0 })
  add(checkAlternatives(schema, value, path))
  if (typeof value === 'string') {
    simple(checkString(schema, value, path))
    const format = formatOf(schema)
    if (format !== undefined) simple(hasFormat(format, value) ? [] : [wrongType(path, format, value)])
  }
  if (typeof value === 'number') add({ causes: checkNumber(schema, value, path), score: 1 })
  if (Array.isArray(value)) add(checkArray(schema, value, path, correlation))
  simple(checkEnum(schema, value, path))
  if (isObject(value)) add(checkObject(schema, value, path, correlation))
  return { causes: unique(causes), score: score + 1 }
}

const unique = (causes: readonly Cause[]): readonly Cause[] =>
  causes.length < 2
    ? causes
    : causes.filter((cause, i) => causes.findIndex(c => c.message === cause.message && c.field === cause.field) === i)

const wrongType = (path: string, type: string, actual: string): Cause =>
  typeInvalid(fieldName(path), actual, `${fieldName(path)} in body must be of type ${type}: ${goQuote(actual)}`)

const checkType = (schema: SchemaNode, value: unknown, path: string): readonly Cause[] => {
  const types = typesOf(schema)
  const actual = typeOf(value)
  if (actual === 'null') return types.length === 0 || schema.nullable === true ? [] : [wrongType(path, types.join(','), 'null')]
  const numeric = types.includes('number') || types.includes('integer')
  const fits = types.includes(actual) || (actual === 'integer' && types.includes('number'))
  const format = formatOf(schema)
  if (format !== undefined && actual !== 'string' && actual !== 'array' && !fits)
    return [wrongType(path, format, actual === 'number' ? 'float64' : actual === 'integer' ? 'int64' : '')]
  // Text and lists pass here for any schema with a format of text: the format is what is checked.
  if (format !== undefined && !numeric && (actual === 'string' || actual === 'array')) return []
  return types.length === 0 || fits ? [] : [wrongType(path, types.join(','), actual)]
}

const checkEnum = (schema: SchemaNode, value: unknown, path: string): readonly Cause[] => {
  const allowed = schema.enum ?? []
  if (allowed.length === 0 || allowed.some(option => equal(option, value))) return []
  return [
    notSupported(
      fieldName(path),
      value,
      allowed.map(option => (typeof option === 'string' ? option : goJson(option))),
    ),
  ]
}

const checkString = (schema: SchemaNode, value: string, path: string): readonly Cause[] => {
  const field = fieldName(path)
  const length = [...value].length
  if (schema.maxLength !== undefined && length > schema.maxLength) return [tooLong(field, schema.maxLength)]
  if (schema.minLength !== undefined && length < schema.minLength) {
    return [invalid(field, value, `${field} in body should be at least ${schema.minLength} chars long`)]
  }
  if (schema.pattern !== undefined && schema.pattern !== '' && !patternOf(schema.pattern).test(value)) {
    return [invalid(field, value, `${field} in body should match '${schema.pattern}'`)]
  }
  return []
}

const checkNumber = (schema: SchemaNode, value: number, path: string): readonly Cause[] => {
  const field = fieldName(path)
  const { multipleOf, maximum, minimum } = schema
  const causes: Cause[] = []
  const say = (what: string): void => void causes.push(invalid(field, value, `${field} in body should be ${what}`))
  const format = formatOf(schema)
  if (
    schema.type === 'integer' &&
    (!Number.isInteger(value) || (format === 'int32' && (value > 2_147_483_647 || value < -2_147_483_648)))
  ) {
    causes.push(
      invalid(
        '',
        '',
        `Checked value must be of type integer ${format === undefined ? '(default format)' : `with format ${format}`} in ${field}`,
      ),
    )
  }
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) say(`a multiple of ${goNumber(multipleOf)}`)
  if (minimum !== undefined && (schema.exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    say(`greater than ${schema.exclusiveMinimum === true ? '' : 'or equal to '}${goNumber(minimum)}`)
  }
  if (maximum !== undefined && (schema.exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    say(`less than ${schema.exclusiveMaximum === true ? '' : 'or equal to '}${goNumber(maximum)}`)
  }
  return causes
}

const isMultiple = (value: number, factor: number): boolean => {
  const times = factor < 1 ? (1 / factor) * value : value / factor
  return Math.abs(times - Math.round(times)) < 1e-9
}

const checkArray = (schema: SchemaNode, value: readonly unknown[], path: string, correlation: Correlation | undefined): Verdict => {
  const field = fieldName(path)
  const causes: Cause[] = []
  let score = 1
  if (schema.items !== undefined) {
    for (const [i, item] of value.entries()) {
      const verdict = validateValue(schema.items, item, `${path}[${i}]`, correlation && itemOf(correlation, i))
      causes.push(...verdict.causes)
      score += verdict.score
    }
  }
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    causes.push(invalid(field, value.length, `${field} in body should have at least ${schema.minItems} items`))
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) causes.push(tooMany(field, value.length, schema.maxItems))
  if (schema.uniqueItems === true && value.some((item, i) => value.findIndex(other => equal(item, other)) < i)) {
    causes.push(invalid(field, '', `${field} in body shouldn't contain duplicates`))
  }
  return { causes, score }
}

const checkObject = (schema: SchemaNode, value: JsonObject, path: string, correlation: Correlation | undefined): Verdict => {
  const field = fieldName(path)
  const causes: Cause[] = []
  let score = 0
  const size = Object.keys(value).length
  const { properties, additionalProperties, minProperties, maxProperties } = schema
  if (minProperties !== undefined && size < minProperties)
    causes.push(invalid(field, size, `${field} in body should have at least ${minProperties} properties`))
  if (maxProperties !== undefined && size > maxProperties) causes.push(tooMany(field, size, maxProperties))
  const into = (node: SchemaNode, key: string): void => {
    // Type and version can't be forgiven: both objects were converted to them.
    const related =
      correlation === undefined || (path === '' && (key === 'apiVersion' || key === 'kind')) ? undefined : fieldOf(correlation, key)
    const verdict = validateValue(node, value[key], `${path}.${key}`, related)
    causes.push(...verdict.causes)
    score += verdict.score
  }
  for (const key of Object.keys(value)) {
    if (properties !== undefined && Object.hasOwn(properties, key)) continue
    if (typeof additionalProperties === 'object') into(additionalProperties, key)
    else if (additionalProperties === false) causes.push(invalid(field, key, `${field}.${key} in body is a forbidden property`))
  }
  for (const [key, node] of Object.entries(properties ?? {})) if (Object.hasOwn(value, key)) into(node, key)
  for (const key of schema.required ?? []) if (!Object.hasOwn(value, key)) causes.push(required(fieldName(`${path}.${key}`)))
  return { causes, score }
}

/** allOf, anyOf, oneOf and not. Their own complaints name no field. */
const checkAlternatives = (schema: SchemaNode, value: unknown, path: string): Verdict => {
  const { anyOf, oneOf, allOf, not } = schema
  if (anyOf === undefined && oneOf === undefined && allOf === undefined && not === undefined) return { causes: [], score: 1 }
  const causes: Cause[] = []
  let score = 1
  const name = goQuote(fieldName(path))
  const merge = (verdict: Verdict | undefined): void => {
    causes.push(...(verdict?.causes ?? []))
    score += verdict?.score ?? 0
  }
  const complain = (what: string): void => void causes.push(invalid('', '', `${name} must ${what}`))
  const judge = (options: readonly SchemaNode[]): readonly Verdict[] => options.map(option => check(option, value, path, undefined))
  if (anyOf !== undefined && anyOf.length > 0) {
    const verdicts = judge(anyOf)
    const good = verdicts.find(isValid)
    if (good === undefined) complain('validate at least one schema (anyOf)')
    merge(good ?? best(verdicts))
  }
  if (oneOf !== undefined && oneOf.length > 0) {
    const verdicts = judge(oneOf)
    const good = verdicts.filter(isValid)
    if (good.length === 1) merge(good[0])
    else {
      complain(
        `validate one and only one schema (oneOf). ${good.length === 0 ? 'Found none valid' : `Found ${good.length} valid alternatives`}`,
      )
      if (good.length === 0) merge(best(verdicts))
    }
  }
  if (allOf !== undefined && allOf.length > 0) {
    const verdicts = judge(allOf)
    for (const verdict of verdicts) merge(verdict)
    const good = verdicts.filter(isValid).length
    if (good < allOf.length) complain(`validate all the schemas (allOf)${good === 0 ? '. None validated' : ''}`)
  }
  if (not !== undefined && isValid(check(not, value, path, undefined))) complain('not validate the schema (not)')
  return { causes, score }
}

const isValid = (verdict: Verdict): boolean => verdict.causes.length === 0

const best = (verdicts: readonly Verdict[]): Verdict | undefined =>
  verdicts.reduce<Verdict | undefined>((most, verdict) => (most === undefined || verdict.score > most.score ? verdict : most), undefined)
