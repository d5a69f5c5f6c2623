import { type Range, add, endless, exactly, multiply, scale, union, unknown } from './range.ts'
import { type Type, anything } from './tree.ts'

/** What is known of an operand. */
export interface Known {
  readonly type: Type
  /** Where the value stands below `self`; empty where it was made by the expression. */
  readonly path: readonly string[]
  readonly size: Range | undefined
  /** A whole number that is written there. */
  readonly literal?: bigint
}

export interface Call {
  /** As the expression names it: `matches`, `_+_`, `sets.contains`. */
  readonly name: string
  readonly target?: Known
  readonly args: readonly Known[]
  /** The size of what lies at a path, where the schema tells it. */
  sizeAt(path: readonly string[]): Range | undefined
}

/** Without what its operands cost. */
export interface CallCost {
  readonly cost: Range
  readonly size?: Range
}

const one = exactly(1n)
const textFactor = 0.1
const patternFactor = 0.25
const listCost = exactly(10n)

const sizeOf = ({ size }: Known): Range => size ?? unknown

const isText = ({ type: { name } }: Known): boolean => name === 'string' || name === 'bytes'
const isAny = ({ type: { name } }: Known): boolean => name === 'dyn'

/** Whatever is not told apart here costs 1. */
const cheap: ReadonlySet<string> = new Set([
  ...['size', 'int', 'uint', 'double', 'bool', 'type', 'duration', 'timestamp', 'charAt', 'isURL'],
  ...['orValue', 'or', 'hasValue', 'value', 'optional.of', 'optional.none', 'optional.ofNonZeroValue', '_?._', '_[?_]', '_[_]'],
  ...['_-_', '_*_', '_/_', '_%_', '!_', '-_'],
  ...['sign', 'asInteger', 'isInteger', 'asApproximateFloat', 'isGreaterThan', 'isLessThan', 'compareTo', 'add', 'sub'],
  ...['getScheme', 'getHost', 'getHostname', 'getPort', 'getEscapedPath', 'getQuery'],
  ...['getFullYear', 'getMonth', 'getDayOfMonth', 'getDate', 'getDayOfWeek', 'getDayOfYear'],
  ...['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'],
])

/** What a call costs at kube-apiserver 1.37; undefined for one that it is not known of. */
export const callCost = (call: Call): CallCost | undefined =>
  cheap.has(call.name) ? { cost: one } : (ofOperators(call) ?? ofTexts(call) ?? ofLists(call))

const ofOperators = ({ args: [a, b], name }: Call): CallCost | undefined => {
  if (a === undefined || b === undefined) return undefined
  switch (name) {
    case '_+_':
      return sum(a, b)
    case '_==_':
      if (a.type.name === b.type.name && a.type.name === 'kubernetes.Quantity') return { cost: one }
      return { cost: comparison(a, b) }
    case '_!=_':
      return { cost: comparison(a, b) }
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      if (isText(a) || isText(b)) return { cost: comparison(a, b) }
      return { cost: isAny(a) && isAny(b) ? union(one, comparison(a, b)) : one }
    case '_in_':
      return { cost: b.type.name === 'map' ? one : isAny(b) ? union(one, sizeOf(b)) : sizeOf(b) }
    default:
      return undefined
  }
}

/** As long as the shorter one is the same. */
const comparison = (a: Known, b: Known): Range => {
  const [x, y] = [sizeOf(a).max, sizeOf(b).max]
  const most = x < y ? x : y
  return scale({ min: most > 0n ? 1n : 0n, max: most }, textFactor)
}

const sum = (a: Known, b: Known): CallCost => {
  const size = add(sizeOf(a), sizeOf(b))
  const joined: CallCost = { cost: scale(size, textFactor), size }
  if (isText(a) || isText(b)) return joined
  if (a.type.name === 'list' || b.type.name === 'list') return { cost: one, size }
  return isAny(a) && isAny(b) ? { cost: union(one, joined.cost), size } : { cost: one }
}

const ofTexts = ({ args, name, target }: Call): CallCost | undefined => {
  const [first, second] = args
  const text = target ?? first
  if (text === undefined) return undefined
  const size = sizeOf(text)
  const walked: CallCost = { cost: scale(size, textFactor) }
  switch (name) {
    case 'startsWith':
    case 'endsWith':
      return first === undefined ? undefined : { cost: scale(sizeOf(first), textFactor) }
    case 'contains':
      return first === undefined ? undefined : { cost: multiply(walked.cost, scale(sizeOf(first), textFactor)) }
    case 'matches': {
      const pattern = target === undefined ? second : first
      return pattern === undefined ? undefined : { cost: matched(size, pattern) }
    }
    case 'find':
    case 'findAll':
      return first === undefined ? undefined : { cost: matched(size, first), size: { min: 0n, max: size.max } }
    case 'url':
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return { ...walked, size }
    case 'replace':
      return first === undefined || second === undefined
        ? undefined
        : { cost: scale(size, 2 * textFactor), size: replaced(size, sizeOf(first), sizeOf(second)) }
    case 'split':
      // At worst each character is a part.
      return { cost: scale(size, 2 * textFactor), size: { min: 0n, max: BigInt.asUintN(64, second?.literal ?? size.max) } }
    case 'format':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
      return walked
    case 'bytes':
      return { ...walked, size: { min: size.min, max: BigInt.asUintN(64, size.max * 4n) } }
    case 'string':
      if (text.type.name === 'bytes') return { ...walked, size: { min: size.min / 4n, max: size.max } }
      return { cost: isAny(text) ? union(one, walked.cost) : one }
    default:
      return undefined
  }
}

/** A character more than there is, so that an empty text is not searched for nothing. */
const matched = (size: Range, pattern: Known): Range => multiply(scale(add(size, one), textFactor), scale(sizeOf(pattern), patternFactor))

const replaced = (size: Range, from: Range, to: Range): Range => {
  const times = (length: bigint, each: bigint): bigint => BigInt(Math.ceil(Number(length) / Number(each)))
  const [mostTimes, mostKept] =
    from.min === 0n
      ? [size.max < endless ? size.max + 1n : size.max, size.max]
      : to.max <= from.min
        ? [0n, size.max]
        : [times(size.max, from.min), 0n]
  const [leastTimes, leastKept] =
    from.max === 0n ? [size.min + 1n, size.min] : from.max <= to.min ? [0n, size.min] : [times(size.min, from.max), 0n]
  return add(multiply({ min: leastTimes, max: mostTimes }, to), { min: leastKept, max: mostKept })
}

const ofLists = (call: Call): CallCost | undefined => {
  const { args, name, target } = call
  const [first, second] = args
  if (name.startsWith('sets.')) {
    if (first === undefined || second === undefined) return undefined
    const pairs = multiply(sizeOf(first), sizeOf(second))
    return { cost: add(scale(pairs, name === 'sets.equivalent' ? 2 : 1), one) }
  }
  if (target === undefined) return undefined
  const size = sizeOf(target)
  const [item] = target.type.parameters
  switch (name) {
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      if (item === undefined) return { cost: scale(size, textFactor) }
      return {
        cost: multiply(size, isText({ type: item, path: [], size: undefined }) ? add(one, scale(itemSize(call, target), textFactor)) : one),
      }
    case 'join':
      return joined(size, item === undefined ? undefined : itemSize(call, target), first)
    case 'slice':
      return made(1, exactly(BigInt.asUintN(64, (second?.literal ?? size.max) - (first?.literal ?? 0n))))
    case 'reverse':
      return made(1, size)
    case 'flatten':
      return made(Number(first === undefined ? 1n : (first.literal ?? endless)), size)
    case 'distinct':
      return made(2, multiply(size, size))
    case 'sort':
      return made(item?.name === 'string' || item?.name === 'bytes' ? 2 + textFactor : 2, multiply(size, size))
    default:
      return undefined
  }
}

const itemSize = ({ sizeAt }: Call, { path }: Known): Range => (path.length === 0 ? unknown : (sizeAt([...path, '@items']) ?? unknown))

/** A list is made of it. */
const made = (factor: number, size: Range): CallCost => ({ cost: add(scale(size, factor), one, listCost), size })

const joined = (size: Range, item: Range | undefined, separator: Known | undefined): CallCost => {
  const items = item === undefined ? exactly(0n) : multiply(size, item)
  const between: Range = { min: size.min > 0n ? size.min - 1n : 0n, max: size.max > 0n ? size.max - 1n : 0n }
  const all = separator === undefined ? items : add(items, multiply(sizeOf(separator), between))
  return { cost: scale(all, textFactor), size: all }
}

/** The library leaves open of what type these are. */
export const typeOfCall = (name: string, target: Type): Type | undefined => {
  if (target.name !== 'list') return undefined
  if (name === 'sum' || name === 'min' || name === 'max') return target.parameters[0] ?? anything
  return ['slice', 'reverse', 'distinct', 'sort'].includes(name) ? target : undefined
}
