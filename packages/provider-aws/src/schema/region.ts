import { z } from 'zod'

export const region: z.ZodString = z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'a region: eu-west-1')
