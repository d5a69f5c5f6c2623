import { z } from 'zod'
import type { LaunchTemplate } from '../aws/index.ts'

export const launchTemplate: z.ZodType<LaunchTemplate> = z
  .strictObject({
    id: z
      .string()
      .regex(/^lt-[0-9a-f]+$/, 'the id of a launch template: lt-0abc...')
      .optional(),
    name: z.string().min(1).optional(),
    version: z
      .string()
      .regex(/^([1-9]\d*|\$Latest|\$Default)$/, 'a number, $Latest or $Default')
      .default('$Default')
      .describe('A number, $Latest or $Default. With a number, machines change only with the class.'),
  })
  .refine(({ id, name }) => (id === undefined) !== (name === undefined), 'name either id or name')
