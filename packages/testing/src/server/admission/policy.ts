import type { Environment } from '@marcbachmann/cel-js'
import { type Draft, type StoredObject, at, textAt } from '../objects/index.ts'
import { type Program, celEnvironment, compile, evaluate } from '../schema/index.ts'
import { authorizerType, registerAuthorizer } from './authorizer.ts'

/** An expression ready to run, with its text as denials quote it. */
export interface Expression {
  readonly text: string
  /** What CEL says against it; such an expression is an error whenever it is asked. */
  readonly broken?: string
  run(variables: Readonly<Record<string, unknown>>): Result
}

export interface Result {
  readonly value?: unknown
  readonly error?: string
}

export interface Validation {
  readonly expression: Expression
  readonly message: string
  readonly messageExpression: Expression | undefined
  readonly reason: string
}

/** A ValidatingAdmissionPolicy, compiled. */
export interface Policy {
  readonly name: string
  readonly constraints: unknown
  readonly conditions: readonly Expression[]
  readonly variables: readonly (readonly [name: string, expression: Expression])[]
  readonly validations: readonly Validation[]
  readonly failsClosed: boolean
  readonly paramKind: { readonly apiVersion: string; readonly kind: string } | undefined
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Compiles policies; one environment serves them all. */
export const policyCompiler = (): ((policy: Draft | StoredObject) => Policy) => {
  const dynamic = { object: 'dyn', oldObject: 'dyn', request: 'dyn', params: 'dyn', namespaceObject: 'dyn', variables: 'dyn' } as const
  const forMessages = celEnvironment(dynamic)
  const env = celEnvironment(dynamic)
  registerAuthorizer(env)
  env.registerVariable('authorizer', authorizerType)
  return policy => {
    const expressionIn = (value: unknown, field = 'expression', environment: Environment = env): Expression =>
      expression(environment, textAt(value, field).trim())
    const spec = policy['spec']
    const paramKind = at(spec, 'paramKind')
    return {
      name: policy.metadata.name ?? '',
      constraints: at(spec, 'matchConstraints'),
      conditions: list(at(spec, 'matchConditions')).map(condition => expressionIn(condition)),
      variables: list(at(spec, 'variables')).map(variable => [textAt(variable, 'name'), expressionIn(variable)] as const),
      validations: list(at(spec, 'validations')).map(validation => ({
        expression: expressionIn(validation),
        message: textAt(validation, 'message').trim(),
        messageExpression:
          textAt(validation, 'messageExpression') === '' ? undefined : expressionIn(validation, 'messageExpression', forMessages),
        reason: textAt(validation, 'reason') || 'Invalid',
      })),
      failsClosed: textAt(spec, 'failurePolicy') !== 'Ignore',
      paramKind: paramKind === undefined ? undefined : { apiVersion: textAt(paramKind, 'apiVersion'), kind: textAt(paramKind, 'kind') },
    }
  }
}

const expression = (env: Environment, text: string): Expression => {
  const program: Program | string = compile(env, text)
  if (typeof program === 'string')
    return { text, broken: `compilation failed: ${program}`, run: () => ({ error: `compilation failed: ${program}` }) }
  return { text, run: variables => evaluate(() => program(variables)) }
}

/** What is wrong with the expressions of a policy, by field. */
export const brokenExpressions = (policy: Policy): readonly (readonly [field: string, expression: Expression])[] =>
  [
    ...policy.conditions.map((condition, i) => [`spec.matchConditions[${i}].expression`, condition] as const),
    ...policy.variables.map(([, variable], i) => [`spec.variables[${i}].expression`, variable] as const),
    ...policy.validations.flatMap(({ expression, messageExpression }, i) => [
      [`spec.validations[${i}].expression`, expression] as const,
      ...(messageExpression === undefined ? [] : [[`spec.validations[${i}].messageExpression`, messageExpression] as const]),
    ]),
  ].filter(([, { broken }]) => broken !== undefined)
