import type { Policy, Result } from './policy.ts'

/** One validation that a change does not pass. */
export interface Denial {
  readonly message: string
  readonly reason: string
}

type Variables = Readonly<Record<string, unknown>>

/** What the policy has against a change, given what expressions can see. Empty: nothing, or the policy is not about it. */
export const judge = (policy: Policy, given: Variables): readonly Denial[] => {
  const { conditions, failsClosed, validations } = policy
  const errors = (message: string): readonly Denial[] => (failsClosed ? [{ message, reason: 'Invalid' }] : [])
  const variables = { ...given, variables: composed(policy, given) }
  const results = conditions.map(condition => ({ condition, result: condition.run(given) }))
  // One condition that says no is enough, whatever errors the others have.
  if (results.some(({ result }) => result.value === false)) return []
  for (const { condition, result } of results) {
    const message = complaint(condition.text, result)
    if (message !== undefined) return errors(message)
  }
  return validations.flatMap(({ expression, message, messageExpression, reason }) => {
    const result = expression.run(variables)
    if (result.value === true) return []
    const error = complaint(expression.text, result)
    if (error !== undefined) return errors(error)
    const made = messageExpression?.run(variables).value
    const text = typeof made === 'string' ? made.trim() : ''
    const usable = text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= 5_120
    return [{ message: usable ? text : message || `failed expression: ${expression.text}`, reason }]
  })
}

/** Undefined for a result that is yes or no. */
const complaint = (text: string, { error, value }: Result): string | undefined => {
  if (error !== undefined) return `expression '${text}' resulted in error: ${error}`
  return typeof value === 'boolean' ? undefined : `expression '${text}' resulted in error: cel expression must evaluate to a bool`
}

/** `variables`: each is computed when an expression first asks for it, and may use the ones before it. */
const composed = (policy: Policy, given: Variables): Variables => {
  const known: Record<string, unknown> = {}
  for (const [name, expression] of policy.variables) {
    let result: Result | undefined
    Object.defineProperty(known, name, {
      enumerable: true,
      get: () => {
        result ??= expression.run({ ...given, variables: known })
        if (result.error !== undefined) throw new Error(`composited variable ${JSON.stringify(name)} fails to evaluate: ${result.error}`)
        return result.value
      },
    })
  }
  return known
}
