import { type Declared, requestBytes } from './cel/cost/index.ts'
import type { Cause, SchemaNode } from './definition.ts'
import { forbidden } from './field-error.ts'

/** What an expression may cost at worst, in kube-apiserver's units. */
export interface Expense {
  readonly field: string
  readonly cost: bigint
}

/** How many values of a node one object can have; undefined where nothing bounds them. */
export type Occurrences = bigint | undefined

const endless = 2n ** 64n - 1n
const expressionLimit = 10_000_000n
const schemaLimit = 100_000_000n
/** Who is named when all together cost too much: whoever needs a hundredth of that, at most so many. */
const named = 4

const times = (a: bigint, b: bigint): bigint => (a * b > endless ? endless : a * b)

/** Of the values below a node. */
export const occurrencesBelow = (node: SchemaNode, occurrences: Occurrences): Occurrences => {
  const most = elementsOf(node)
  return occurrences === undefined || most === undefined ? undefined : times(occurrences, most)
}

const elementsOf = ({ additionalProperties, maxItems, maxProperties, type }: SchemaNode): bigint | undefined => {
  if (type !== 'array' && (type !== 'object' || additionalProperties === undefined)) return 1n
  const most = type === 'array' ? maxItems : maxProperties
  return most === undefined ? undefined : BigInt(Math.max(most, 0))
}

/** All values of one object together. Unbounded ones are as many as fit into a request. */
export const costOfAll = (cost: bigint, { least }: Declared, occurrences: Occurrences): bigint =>
  times(cost, occurrences ?? BigInt(Math.floor(requestBytes / (least + 1))))

export const tooCostly = (field: string, what: 'rule' | 'messageExpression', cost: bigint): readonly Cause[] =>
  cost > expressionLimit ? [forbidden(field, exceeds(`estimated ${what} cost`, cost, expressionLimit))] : []

/** What all expressions of a schema cost together. */
export const tooCostlyTogether = (path: string, expenses: readonly Expense[]): readonly Cause[] => {
  const sum = expenses.reduce((total, { cost }) => total + cost, 0n)
  const total = sum > endless ? endless : sum
  if (total <= schemaLimit) return []
  const dearest = expenses
    .filter(({ cost }) => cost >= schemaLimit / 100n)
    .toSorted((a, b) => (a.cost < b.cost ? 1 : a.cost > b.cost ? -1 : 0))
  return [
    ...dearest
      .slice(0, named)
      .map(({ field }) => forbidden(field, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema')),
    forbidden(path, exceeds('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', total, schemaLimit)),
  ]
}

const exceeds = (what: string, cost: bigint, limit: bigint): string =>
  `${what} exceeds budget by factor of ${factorOf(Number(cost) / Number(limit))} (try simplifying the rule, or adding maxItems, ` +
  'maxProperties, and maxLength where arrays, maps, and strings are declared)'

const factorOf = (factor: number): string => {
  if (factor > 100) return 'more than 100x'
  return `${factor < 1.5 ? factor.toFixed(6) : toTenths(factor)}x`
}

/** What lies in the middle goes to the even one, as Go prints it. */
const toTenths = (value: number): string => {
  const down = Math.floor(value * 10)
  return value * 20 === down * 2 + 1 ? ((down + (down % 2)) / 10).toFixed(1) : value.toFixed(1)
}
