import { z } from 'zod'

/** A text that holds JSON, as entries of Secrets and values of metadata do. To be piped into what the JSON is to be. */
export const jsonText = (problem: string = 'is no JSON'): z.ZodPipe<z.ZodString, z.ZodTransform<unknown, string>> =>
  z.string().transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue(problem)
      return z.NEVER
    }
  })
