import type { Environment } from '@marcbachmann/cel-js'
import { formatQuantity, parseQuantity, quantityMessage } from '../quantity.ts'

/** A quantity in a rule: a class of its own, because CEL values are told apart by their constructor. */
class CelQuantity {
  readonly nano: bigint
  readonly text: string
  constructor(nano: bigint, text: string) {
    this.nano = nano
    this.text = text
  }
}

const NANO = 1_000_000_000n
const type = 'kubernetes.Quantity'

const quantity = (text: string): CelQuantity => {
  const parsed = parseQuantity(text)
  if (parsed === undefined) throw new Error(quantityMessage)
  return new CelQuantity(parsed.nano, formatQuantity(parsed))
}

const of = (nano: bigint): CelQuantity => new CelQuantity(nano, formatQuantity({ nano, format: 'decimal' }))

/** `quantity('1Gi').isGreaterThan(quantity(self.memory))` and the rest of Kubernetes' functions for quantities. */
export const registerQuantity = (env: Environment): void => {
  env.registerType(type, CelQuantity)
  env.registerFunction(`quantity(string): ${type}`, quantity)
  env.registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
  env.registerFunction(`${type}.isLessThan(${type}): bool`, (a: CelQuantity, b: CelQuantity) => a.nano < b.nano)
  env.registerFunction(`${type}.isGreaterThan(${type}): bool`, (a: CelQuantity, b: CelQuantity) => a.nano > b.nano)
  env.registerFunction(`${type}.compareTo(${type}): int`, (a: CelQuantity, b: CelQuantity) =>
    a.nano < b.nano ? -1n : a.nano > b.nano ? 1n : 0n,
  )
  env.registerFunction(`${type}.sign(): int`, (a: CelQuantity) => (a.nano < 0n ? -1n : a.nano > 0n ? 1n : 0n))
  env.registerFunction(`${type}.isInteger(): bool`, (a: CelQuantity) => a.nano % NANO === 0n)
  env.registerFunction(`${type}.asInteger(): int`, (a: CelQuantity) => {
    if (a.nano % NANO !== 0n) throw new Error('cannot convert value to integer')
    return a.nano / NANO
  })
  env.registerFunction(`${type}.asApproximateFloat(): double`, (a: CelQuantity) => Number(a.nano) / Number(NANO))
  env.registerFunction(`${type}.add(${type}): ${type}`, (a: CelQuantity, b: CelQuantity) => of(a.nano + b.nano))
  env.registerFunction(`${type}.add(int): ${type}`, (a: CelQuantity, b: bigint) => of(a.nano + b * NANO))
  env.registerFunction(`${type}.sub(${type}): ${type}`, (a: CelQuantity, b: CelQuantity) => of(a.nano - b.nano))
  env.registerFunction(`${type}.sub(int): ${type}`, (a: CelQuantity, b: bigint) => of(a.nano - b * NANO))
}
