import { EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js'

/** The library has three classes of errors without a common one that it would show. */
export type CelError = ParseError | EvaluationError | CelTypeError

export const isCelError = (error: unknown): error is CelError =>
  error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError

/** A complaint in the form of CEL's own compiler: the line of the expression, with the place (an offset) marked below. */
export const markAt = (expression: string, at: number, what: string): string => {
  const before = expression.slice(0, at)
  const column = at - before.lastIndexOf('\n') - 1
  const line = before.split('\n').length
  return `ERROR: <input>:${line}:${column + 1}: ${what}\n | ${expression.split('\n')[line - 1] ?? ''}\n | ${'.'.repeat(column)}^`
}
