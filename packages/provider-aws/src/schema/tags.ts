import { z } from 'zod'

/** AWS takes 50, and some are ours. */
const mostTags = 40

/** Of a class, beside ours. */
export const tags: z.ZodType<Record<string, string>, Record<string, string>> = z
  .record(z.string().min(1).max(128), z.string().max(256))
  .refine(
    given => Object.keys(given).every(key => !/^(aws:|kube-node\.dev\/)/.test(key)),
    'keys that begin with aws: or kube-node.dev/ are taken',
  )
  .refine(given => Object.keys(given).length <= mostTags, 'at most 40 tags: AWS takes 50, and some are ours')
