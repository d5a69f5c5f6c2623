import { z } from 'zod'
import type { Selection } from '../aws/index.ts'

/** Things of a VPC, by their ids or by tags. @param kind what ids begin with. */
export const selection = (kind: 'subnet' | 'sg'): z.ZodType<Selection, Selection> =>
  z
    .strictObject({
      ids: z
        .array(z.string().regex(new RegExp(`^${kind}-[0-9a-f]+$`), `an id: ${kind}-0abc...`))
        .min(1)
        .optional(),
      tags: z
        .record(z.string().min(1), z.string())
        .refine(tags => Object.keys(tags).length > 0, 'without a tag all would be meant')
        .optional(),
    })
    .refine(({ ids, tags }) => (ids === undefined) !== (tags === undefined), 'name either ids or tags')
