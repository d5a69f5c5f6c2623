import { z } from 'zod'
import type { AssumeRole } from '../aws/index.ts'

export const assumeRole: z.ZodType<AssumeRole> = z.strictObject({
  roleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of a role: arn:aws:iam::123456789012:role/nodes'),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, '2 to 1,224 letters, digits and +=,.@:/-')
    .optional()
    .describe('As the trust policy of a role in another account may want it. No secret: it stands on Nodes.'),
  sessionName: z
    .string()
    .regex(/^[\w+=,.@-]{2,64}$/, '2 to 64 letters, digits and +=,.@-')
    .default('kube-node')
    .describe('What CloudTrail shows.'),
  durationSeconds: z.int().min(900).max(43_200).default(3_600).describe('No longer than the role allows; an hour where roles are chained.'),
})
