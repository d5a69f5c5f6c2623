import { type Known, callCost, typeOfCall } from './calls.ts'
import { type Declared, declaredAt } from './declared.ts'
import { type Entries, unionOf } from './entries.ts'
import { loops } from './loops.ts'
import { type Range, add, exactly, multiply, union, unknown } from './range.ts'
import {
  type Node,
  type Type,
  Unestimated,
  anything,
  hasFields,
  isScalar,
  literalIn,
  nodeAt,
  nodesOf,
  partsOf,
  typeIn,
  writtenSize,
} from './tree.ts'

/** A variable of `all`, `map` and their like. */
interface Local {
  readonly path: readonly string[]
  readonly size: Range | undefined
}

const one = exactly(1n)
const nothing = exactly(0n)

const operators: Readonly<Record<string, string>> = { '.?': '_?._', '[?]': '_[?_]', '[]': '_[_]', '!_': '!_', '-_': '-_' }
const binary: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%'])
/** What stands before the dot of functions that belong to nobody. */
const namespaces: ReadonlySet<unknown> = new Set(['sets', 'optional'])
const macros: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/**
 * What the expression costs at worst in kube-apiserver's units, from its checked tree and from what the schema says of the sizes of `self`;
 * undefined where it has something in it of which no cost is known here. The rules are those of its 1.37, to the unit, as far as that goes:
 * also that what is made by an expression and has no size of its own is taken to be endless.
 */
export const estimateCost = (tree: unknown, self: Declared): bigint | undefined => {
  try {
    return estimator(self).cost(nodeAt(tree)).max
  } catch (error) {
    if (error instanceof Unestimated) return undefined
    throw error
  }
}

const estimator = (self: Declared): { cost(node: Node): Range } => {
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
    return isScalar(typeOf(node)) ? one : localOf(node)?.size
  }

  const setSize = (node: Node, size: Range | undefined): void => {
    if (size !== undefined) sizes.set(node, size)
  }

  const known = (node: Node): Known => {
    const literal = literalIn(node)?.value
    return { type: typeOf(node), path: pathOf(node), size: sizeOf(node), ...(typeof literal === 'bigint' ? { literal } : {}) }
  }

  const cost = (node: Node): Range => {
    const { args, op } = node
    if (literalIn(node) !== undefined) return nothing
    if (binary.has(op)) return called(node, `_${op}_`, undefined, nodesOf(args))
    switch (op) {
      case 'id':
        paths.set(node, localOf(node)?.path ?? [String(args)])
        return one
      case '.':
        return selected(node)
      case '[]':
        return indexed(node)
      case '.?':
      case '[?]': {
        const [operand, key] = partsOf(node)
        return called(node, operators[op] ?? op, undefined, [nodeAt(operand), ...(op === '[?]' ? [nodeAt(key)] : [])])
      }
      case '!_':
      case '-_':
        return called(node, op, undefined, nodesOf(args))
      case '&&':
      case '||': {
        const [left = nothing, right = nothing] = nodesOf(args).map(cost)
        return { min: left.min, max: add(left, right).max }
      }
      case '?:':
        return chosen(node)
      case 'list':
        return listed(node)
      case 'map':
        return mapped(node)
      case 'call':
        return freely(node)
      case 'rcall':
        return ofTarget(node)
      default:
        throw new Unestimated(op)
    }
  }

  const selected = (node: Node): Range => {
    const [operand, field] = partsOf(node)
    const from = nodeAt(operand)
    const before = cost(from)
    paths.set(node, [...pathOf(from), String(field)])
    return hasFields(typeOf(from)) ? add(before, one) : before
  }

  const indexed = (node: Node): Range => {
    const [from, key] = nodesOf(node.args)
    if (from === undefined || key === undefined) throw new Unestimated(node.op)
    const spent = add(cost(from), cost(key), one)
    paths.set(node, [...pathOf(from), typeOf(from).name === 'map' ? '@values' : '@items'])
    setSize(node, entriesOf(from)?.value ?? sizeOf(node))
    return spent
  }

  const called = (node: Node, name: string, target: Node | undefined, args: readonly Node[]): Range => {
    const spent = [...args.map(cost), ...(target === undefined ? [] : [cost(target)])]
    const operands = args.map(known)
    const of = callCost({ name, args: operands, sizeAt, ...(target === undefined ? {} : { target: known(target) }) })
    if (of === undefined) throw new Unestimated(name)
    if (name === '_+_') {
      const both = args.map(entriesOf)
      setEntries(node, unionOf(both[0], both[1]))
    }
    setSize(node, of.size ?? sizeOf(node))
    return add(of.cost, ...spent)
  }

  const chosen = (node: Node): Range => {
    const [condition, yes, no] = nodesOf(node.args)
    if (condition === undefined || yes === undefined || no === undefined) throw new Unestimated(node.op)
    const [asked, either, or] = [cost(condition), cost(yes), cost(no)]
    setSize(node, union(sizeOf(yes) ?? unknown, sizeOf(no) ?? unknown))
    setEntries(node, unionOf(entriesOf(yes), entriesOf(no)))
    return add(asked, union(either, or))
  }

  const listed = (node: Node): Range => {
    const items = nodesOf(node.args)
    const spent = items.map(cost)
    setEntries(node, { of: 'list', key: one, value: unionOfSizes(items) })
    return add(exactly(10n), ...spent)
  }

  const mapped = (node: Node): Range => {
    const pairs = partsOf(node).map(nodesOf)
    const spent = pairs.flat().map(cost)
    const [keys, values] = [pairs.flatMap(([key]) => key ?? []), pairs.flatMap(([, value]) => value ?? [])]
    setEntries(node, { of: 'map', key: unionOfSizes(keys), value: unionOfSizes(values) })
    return add(exactly(30n), ...spent)
  }

  const unionOfSizes = (nodes: readonly Node[]): Range =>
    nodes
      .map(node => sizeOf(node) ?? unknown)
      .reduce<Range | undefined>((all, size) => (all === undefined ? size : union(all, size)), undefined) ?? nothing

  const freely = (node: Node): Range => {
    const [name, given] = partsOf(node)
    const args = nodesOf(given)
    const [first] = args
    if (name === 'has' && first !== undefined) return cost(nodeAt(partsOf(first)[0]))
    if (name !== 'dyn' || first === undefined) return called(node, String(name), undefined, args)
    const spent = add(cost(first), one)
    setSize(node, sizeOf(first))
    setEntries(node, entriesOf(first))
    return spent
  }

  const ofTarget = (node: Node): Range => {
    const [name, before, given] = partsOf(node)
    const target = nodeAt(before)
    const args = nodesOf(given)
    const spoken = String(name)
    if (target.op === 'id' && namespaces.has(target.args)) return called(node, `${String(target.args)}.${spoken}`, undefined, args)
    return macros.has(spoken) && args.length > 1 ? repeated(node, spoken, target, args) : called(node, spoken, target, args)
  }

  /** As the loop that CEL makes of it: where it begins, what each round asks and does, what comes out. */
  const repeated = (node: Node, name: string, over: Node, [variable, ...parts]: readonly Node[]): Range => {
    const range = cost(over)
    const within = String(variable?.args)
    const inside = entriesOf(over)
    const isList = (inside?.of ?? typeOf(over).name) === 'list'
    const local = { path: [...pathOf(over), isList ? '@items' : '@keys'], size: isList ? inside?.value : inside?.key }
    locals.set(within, [...(locals.get(within) ?? []), local])
    const [first = nothing, second] = parts.map(cost)
    const last = parts.at(-1)
    const item: Range =
      name === 'filter'
        ? variable === undefined
          ? unknown
          : (sizeOf(variable) ?? unknown)
        : last === undefined
          ? unknown
          : (sizeOf(last) ?? unknown)
    locals.set(within, (locals.get(within) ?? []).slice(0, -1))
    const times = sizeOf(over) ?? unknown
    if (name === 'map' || name === 'filter') {
      setSize(node, times)
      setEntries(node, { of: 'list', key: one, value: union(nothing, item) })
    } else setSize(node, one)
    const { end, start, step } = loops(name, first, second)
    return add(range, start, multiply(times, step), end)
  }

  const entriesOf = (node: Node): Entries | undefined => entries.get(node)
  const setEntries = (node: Node, found: Entries | undefined): void => {
    if (found !== undefined) entries.set(node, found)
  }

  return { cost }
}
