import { type JsonObject, isObject } from '../objects/index.ts'
import { type PathElement, canonicalElement, compareElements, printElement } from './path-element.ts'

/**
 * A set of fields in the very form in which `managedFields` shows it, so that recording an update neither parses nor prints: a tree by
 * path elements, where `{}` says that the path belongs to the set, `'.'` that it does together with paths below it. Never changed
 * once made; operations share what they do not change and answer their first argument when nothing does, which is how the rest tells.
 */
export type FieldSet = JsonObject

/** Of a node: the path belongs to the set, and none below it. Of a root: the empty set. */
export const leaf: FieldSet = Object.freeze({})
export const emptySet: FieldSet = leaf
const self = '.'

export const isEmptySet = (set: FieldSet): boolean => {
  for (const _ in set) return false
  return true
}

export const childOf = (set: FieldSet, element: PathElement): FieldSet | undefined => {
  const child = set[element]
  return isObject(child) ? child : undefined
}

/** Does the path of this node itself belong to the set? */
export const isMember = (node: FieldSet): boolean => node[self] !== undefined || isEmptySet(node)

/** The node with its own path in the set. */
export const withSelf = (node: FieldSet): FieldSet => (isMember(node) ? node : { [self]: leaf, ...node })

export const elementsOf = (set: FieldSet): readonly PathElement[] => Object.keys(set).filter(element => element !== self)

export const union = (a: FieldSet, b: FieldSet): FieldSet => {
  if (a === b || isEmptySet(b)) return a
  if (isEmptySet(a)) return b
  let result: Record<string, unknown> | undefined
  for (const element of Object.keys(b)) {
    const [left, right] = [childOf(a, element), childOf(b, element)]
    if (right === undefined) continue
    const both = left === undefined ? right : unionOfNodes(left, right)
    if (both !== left) (result ??= { ...a })[element] = both
  }
  return result ?? a
}

const unionOfNodes = (a: FieldSet, b: FieldSet): FieldSet => (isEmptySet(a) ? withSelf(b) : isEmptySet(b) ? withSelf(a) : union(a, b))

/** Paths of `a` that are not in `b`; what lies below a path of `b` stays. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => {
  if (isEmptySet(b)) return a
  let result: Record<string, unknown> | undefined
  for (const element of elementsOf(a)) {
    const [left, right] = [childOf(a, element), childOf(b, element)]
    if (left === undefined || right === undefined) continue
    const rest = differenceOfNodes(left, right)
    if (rest === left) continue
    result ??= { ...a }
    if (rest === undefined) delete result[element]
    else result[element] = rest
  }
  return result ?? a
}

const differenceOfNodes = (a: FieldSet, b: FieldSet): FieldSet | undefined => {
  if (isEmptySet(a)) return isMember(b) ? undefined : a
  const rest = difference(a, b)
  if (rest[self] === undefined || !isMember(b)) return elementsOf(rest).length > 0 ? rest : rest[self] === undefined ? undefined : leaf
  const { [self]: _self, ...below } = rest
  return isEmptySet(below) ? undefined : below
}

export const intersection = (a: FieldSet, b: FieldSet): FieldSet => {
  const result: Record<string, unknown> = {}
  for (const element of elementsOf(a)) {
    const [left, right] = [childOf(a, element), childOf(b, element)]
    if (left === undefined || right === undefined) continue
    const below = isEmptySet(left) || isEmptySet(right) ? leaf : intersection(left, right)
    const both = isMember(left) && isMember(right)
    if (both || !isEmptySet(below)) result[element] = both && !isEmptySet(below) ? withSelf(below) : below
  }
  return result
}

/** The set without these paths of fields and everything below them. */
export const withoutBranches = (set: FieldSet, paths: readonly (readonly string[])[]): FieldSet => {
  let result = set
  for (const path of paths) result = withoutBranch(result, path)
  return result
}

const withoutBranch = (set: FieldSet, [name, ...rest]: readonly string[]): FieldSet => {
  if (name === undefined) return set
  const element = `f:${name}`
  const child = childOf(set, element)
  if (child === undefined) return set
  const below = rest.length === 0 || isEmptySet(child) ? undefined : withoutBranch(child, rest)
  if (rest.length > 0 && (below === undefined || below === child)) return set
  const { [element]: _gone, ...others } = set
  return below === undefined || isEmptySet(below) ? others : { ...others, [element]: below }
}

/** A set that a client has written, in its one spelling; undefined for what is none. */
export const canonicalSet = (given: unknown): FieldSet | undefined => {
  if (given === undefined || given === null) return emptySet
  if (!isObject(given)) return undefined
  const result: Record<string, unknown> = {}
  for (const [name, child] of Object.entries(given)) {
    const element = name === self ? self : canonicalElement(name)
    const below = canonicalSet(child)
    if (element === undefined || below === undefined) return undefined
    result[element] = below
  }
  return result
}

export type Path = readonly PathElement[]

export const printPath = (path: Path): string => path.map(printElement).join('')

/** All paths of the set in the API server's order: those that end here, then those that go deeper. */
export const pathsOf = (set: FieldSet, above: Path = []): readonly Path[] => {
  const elements = [...elementsOf(set)].sort(compareElements)
  const here = elements.filter(element => isMember(childOf(set, element) ?? leaf)).map(element => [...above, element])
  const below = elements.flatMap(element => pathsOf(childOf(set, element) ?? leaf, [...above, element]))
  return [...here, ...below]
}

export const hasPath = (set: FieldSet, path: Path): boolean => {
  let node: FieldSet | undefined = set
  for (const element of path) node = node === undefined ? undefined : childOf(node, element)
  return node !== undefined && isMember(node)
}

/** The set of one path. */
export const setOf = (path: Path): FieldSet => path.reduceRight<FieldSet>((below, element) => ({ [element]: below }), leaf)
