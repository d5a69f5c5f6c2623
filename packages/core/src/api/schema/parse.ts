import type { z } from 'zod'
import type { Parsed } from './problem.ts'

/** Runs the schema, and tells of all that is wrong in words for a condition's message. */
export const parseWith = <T>(schema: z.ZodType<T>, value: unknown): Parsed<T> => {
  const result = schema.safeParse(value)
  if (result.success) return { ok: true, value: result.data }
  return { ok: false, problems: result.error.issues.map(({ path, message }) => ({ path: pathText(path), message })) }
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`)).join('')
