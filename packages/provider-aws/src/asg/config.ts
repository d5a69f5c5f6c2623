import type { Schema } from '@kube-node/core/provider'
import { z } from 'zod'
import { assumeRole, launchTemplate, region, selection, tags } from '../schema/index.ts'
import type { AutoScalingConfig } from './config.types.ts'

// Unknown keys are errors: a typo must not make a different group.
export const config: Schema<AutoScalingConfig> = z.strictObject({
  region: region.describe('Where the groups are.'),
  assumeRole: assumeRole.optional().describe('A role that is taken on with the credentials; its account is the one that counts.'),
  limits: z
    .enum(['honour', 'raise'])
    .default('honour')
    .describe('honour: the minimum and maximum of a group hold. raise: they are moved as far as a size needs it.'),
  launchTemplate: launchTemplate
    .optional()
    .describe('What machines are launched from. Needed for groups that kube-node creates; others keep theirs without it.'),
  subnets: selection('subnet')
    .optional()
    .describe('By ids or by tags. Needed for groups that kube-node creates; others keep theirs without it.'),
  tags: tags
    .default({})
    .describe('More tags of groups that kube-node creates or changes, and of the machines that they launch from then on.'),
})
