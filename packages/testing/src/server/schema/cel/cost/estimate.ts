import { callCost } from './calls.ts'
import type { Declared } from './declared.ts'
import { unionOf } from './entries.ts'
import { loops } from './loops.ts'
import { createNotes } from './notes.ts'
import { type Range, add, exactly, multiply, union, unknown } from './range.ts'
import { type Node, Unestimated, hasFields, literalIn, nodeAt, nodesOf, partsOf } from './tree.ts'

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
  const { entriesOf, known, pathOf, resolve, setEntries, setPath, setSize, sizeAt, sizeOf, typeOf, within } = createNotes(self)

  const cost = (node: Node): Range => {
    const { args, op } = node
    if (literalIn(node) !== undefined) return nothing
    if (binary.has(op)) return called(node, `_${op}_`, undefined, nodesOf(args))
    switch (op) {
      case 'id':
        resolve(node)
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
    setPath(node, [...pathOf(from), String(field)])
    return hasFields(typeOf(from)) ? add(before, one) : before
  }

  const indexed = (node: Node): Range => {
    const [from, key] = nodesOf(node.args)
    if (from === undefined || key === undefined) throw new Unestimated(node.op)
    const spent = add(cost(from), cost(key), one)
    setPath(node, [...pathOf(from), typeOf(from).name === 'map' ? '@values' : '@items'])
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
    const inside = entriesOf(over)
    const isList = (inside?.of ?? typeOf(over).name) === 'list'
    const local = { path: [...pathOf(over), isList ? '@items' : '@keys'], size: isList ? inside?.value : inside?.key }
    const { first, item, second } = within(String(variable?.args), local, () => {
      const [first = nothing, second] = parts.map(cost)
      const made = name === 'filter' ? variable : parts.at(-1)
      return { first, second, item: (made && sizeOf(made)) ?? unknown }
    })
    const times = sizeOf(over) ?? unknown
    if (name === 'map' || name === 'filter') {
      setSize(node, times)
      setEntries(node, { of: 'list', key: one, value: union(nothing, item) })
    } else setSize(node, one)
    const { end, start, step } = loops(name, first, second)
    return add(range, start, multiply(times, step), end)
  }

  return { cost }
}
