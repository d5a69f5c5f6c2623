import { type Known, typeOfCall } from './calls.ts'
import { type Declared, declaredAt } from './declared.ts'
import type { Entries } from './entries.ts'
import { type Range, exactly } from './range.ts'
import { type Node, type Type, anything, isScalar, literalIn, nodeAt, partsOf, typeIn, writtenSize } from './tree.ts'

/** A variable of `all`, `map` and their like. */
export interface Local {
  readonly path: readonly string[]
  readonly size: Range | undefined
}

/** What is known of the nodes of one tree, more with each one whose cost was found. */
export interface Notes {
  /** Where its value lies, `self` or a variable first; empty where it lies nowhere. */
  pathOf(node: Node): readonly string[]
  setPath(node: Node, path: readonly string[]): void
  typeOf(node: Node): Type
  sizeOf(node: Node): Range | undefined
  /** Nothing becomes known by undefined, here and below. */
  setSize(node: Node, size: Range | undefined): void
  entriesOf(node: Node): Entries | undefined
  setEntries(node: Node, entries: Entries | undefined): void
  /** As the schema declares it. */
  sizeAt(path: readonly string[]): Range | undefined
  /** All that the cost of a call may depend on. */
  known(node: Node): Known
  /** The node is a name: its value lies where that of the variable does, or is one of its own. */
  resolve(name: Node): void
  /** While the work is done, the name stands for that variable, whatever it stood for before. */
  within<T>(name: string, variable: Local, work: () => T): T
}

export const createNotes = (self: Declared): Notes => {
  const paths = new Map<Node, readonly string[]>()
  const sizes = new Map<Node, Range>()
  const entries = new Map<Node, Entries>()
  const locals = new Map<string, readonly Local[]>()

  const localOf = ({ args, op }: Node): Local | undefined => (op === 'id' ? locals.get(String(args))?.at(-1) : undefined)
  const pathOf = (node: Node): readonly string[] => localOf(node)?.path ?? paths.get(node) ?? []

  const sizeAt = (path: readonly string[]): Range | undefined => {
    const found = path.length === 0 ? undefined : declaredAt(self, path)
    return found === undefined ? undefined : { min: 0n, max: found.most }
  }

  const typeOf = (node: Node): Type => {
    if (node.op === 'rcall') {
      const [name, target] = partsOf(node)
      const known = typeof name === 'string' ? typeOfCall(name, typeOf(nodeAt(target))) : undefined
      if (known !== undefined) return known
    }
    const type = typeIn(node)
    if (type !== undefined) return type
    // What is only asked for has not been checked.
    const found = declaredAt(self, pathOf(node))
    return found?.fields !== undefined
      ? { name: 'object', parameters: [] }
      : found?.keys !== undefined
        ? { name: 'map', parameters: [] }
        : anything
  }

  const sizeOf = (node: Node): Range | undefined => {
    const known = sizes.get(node) ?? writtenSize(node)
    if (known !== undefined) return known
    const declared = sizeAt(pathOf(node))
    if (declared !== undefined) {
      sizes.set(node, declared)
      return declared
    }
    return isScalar(typeOf(node)) ? exactly(1n) : localOf(node)?.size
  }

  return {
    pathOf,
    setPath: (node, path) => void paths.set(node, path),
    typeOf,
    sizeOf,
    setSize(node, size) {
      if (size !== undefined) sizes.set(node, size)
    },
    entriesOf: node => entries.get(node),
    setEntries(node, found) {
      if (found !== undefined) entries.set(node, found)
    },
    sizeAt,
    known(node) {
      const literal = literalIn(node)?.value
      return { type: typeOf(node), path: pathOf(node), size: sizeOf(node), ...(typeof literal === 'bigint' ? { literal } : {}) }
    },
    resolve: name => void paths.set(name, localOf(name)?.path ?? [String(name.args)]),
    within(name, variable, work) {
      const outer = locals.get(name) ?? []
      locals.set(name, [...outer, variable])
      const result = work()
      locals.set(name, outer)
      return result
    },
  }
}
