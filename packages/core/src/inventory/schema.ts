import type { Schema } from '../provider/index.ts'

/** What a schema said of a value: the value with defaults filled in, or in words what is wrong with it. */
export type Checked<T> = { readonly value: T; readonly problem?: undefined } | { readonly problem: string }

export const check = <T>(schema: Schema<T>, value: unknown): Checked<T> => {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) return { problem: 'its schema answers with a promise, which the provider contract does not allow' }
  if (!result.issues) return { value: result.value }
  return { problem: result.issues.map(issue => `${pathOf(issue.path)}${issue.message}`).join('; ') }
}

const pathOf = (path: readonly unknown[] | undefined): string => {
  const keys = (path ?? []).map(part => (typeof part === 'object' && part !== null && 'key' in part ? String(part.key) : String(part)))
  return keys.length === 0 ? '' : `${keys.join('.')}: `
}
