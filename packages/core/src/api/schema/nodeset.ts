import { z } from 'zod'
import { isZero } from '../intOrPercent.ts'
import type { NodeSet, NodeSetSpec, NodeSetStatus } from '../nodeset.ts'
import { type StructuralSchema, listAtomic, validations } from './extensions.ts'
import { annotationMap, conditionList, count, duration, intOrPercent, labelMap, providerConfig, subdomain, taintList } from './fields.ts'
import { parseWith } from './parse.ts'
import type { Parsed } from './problem.ts'
import { sameType } from './same-type.ts'
import { structural } from './structural.ts'

const rollingUpdate = z
  .object({
    maxSurge: intOrPercent.default(1).describe('Nodes above replicas while it rolls: a number, or a percentage that is rounded up.'),
    maxUnavailable: intOrPercent
      .default(0)
      .describe('Nodes below replicas while it rolls: a number, or a percentage that is rounded down.'),
  })
  .refine(
    ({ maxSurge, maxUnavailable }) => !(isZero(maxSurge) && isZero(maxUnavailable)),
    'maxSurge and maxUnavailable can not both be 0: nothing could be replaced',
  )
  .meta({
    description: 'How far a rollout may go at once.',
    ...validations({
      // Not `in [0, '0%']`: CEL in the API server takes no list of mixed types.
      rule: "!((self.maxSurge == 0 || self.maxSurge == '0%') && (self.maxUnavailable == 0 || self.maxUnavailable == '0%'))",
      message: 'maxSurge and maxUnavailable can not both be 0: nothing could be replaced',
    }),
  })

const strategy = z
  .object({
    type: z
      .enum(['RollingUpdate', 'OnDelete'])
      .default('RollingUpdate')
      .describe('RollingUpdate replaces Nodes of an old revision; OnDelete leaves that to whoever deletes them.'),
    rollingUpdate: rollingUpdate.optional(),
  })
  .refine(s => s.type === 'RollingUpdate' || s.rollingUpdate === undefined, 'rollingUpdate goes with type RollingUpdate only')
  .meta({
    description: 'How Nodes of an old revision are replaced.',
    ...validations({
      rule: "self.type == 'RollingUpdate' || !has(self.rollingUpdate)",
      message: 'rollingUpdate goes with type RollingUpdate only',
    }),
  })

const unhealthy = z.object({
  type: z.string().min(1).max(316).describe('Type of a condition of the Node.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('Its status that is not healthy.'),
  after: duration.describe('How long it must have that status.'),
})

const spec = z
  .object({
    replicas: z.int().min(0).max(1_000_000).default(1).describe('How many Nodes there shall be.'),
    // The class's name is the value of a label on each Node.
    nodeClassName: subdomain.max(63).describe('Class of the Nodes.'),
    template: z
      .object({
        labels: labelMap.optional().describe("Labels of each Node, merged over the class's; kept in sync."),
        annotations: annotationMap.optional().describe("Annotations of each Node, merged over the class's; kept in sync."),
        taints: taintList.optional().describe("Taints of each Node, merged over the class's; kept in sync."),
        config: providerConfig.optional().describe("JSON merge patch over the class's config."),
      })
      .optional()
      .describe('What the Nodes of this set have beyond their class.'),
    strategy: strategy.prefault({}),
    minReadySeconds: count('Seconds that a Node must be Ready to count as available.').default(0),
    progressDeadlineSeconds: count(
      'Seconds without any progress after which a rollout counts as failed, which the condition Progressing says.',
    ).default(1_800),
    revisionHistoryLimit: count('Old revisions that are kept, to go back to.').default(10),
    paused: z.boolean().default(false).describe('A paused set does not roll; it scales and replaces what is gone.'),
    scaleDown: z
      .object({
        order: z
          .enum(['Newest', 'Oldest', 'LeastPods'])
          .default('Newest')
          .describe('Which of several equally good or bad Nodes goes first. The annotation kube-node.dev/deletion-cost wins over it.'),
      })
      .optional()
      .describe('Which Nodes go first.'),
    maxLifetime: duration.optional().describe('Age at which a Node is replaced. Default: none.'),
    repair: z
      .object({
        unhealthy: z
          .array(unhealthy.describe('One way to be unhealthy.'))
          .max(32)
          .optional()
          .meta({ description: 'When a Node that has joined is to be replaced. Default: never.', ...listAtomic }),
        startupTimeout: duration.optional().describe('Age at which a Node that never became Ready is replaced. Default: never.'),
        maxUnhealthy: intOrPercent
          .optional()
          .describe('While more Nodes than this are unhealthy nothing is repaired, which a condition says. Default: no limit.'),
      })
      .optional()
      .describe('When a Node that is not healthy is replaced. Default: never.'),
  })
  .refine(s => s.progressDeadlineSeconds > s.minReadySeconds, 'progressDeadlineSeconds must be more than minReadySeconds')
  .meta({
    description: 'What there shall be.',
    ...validations({
      rule: 'self.progressDeadlineSeconds > self.minReadySeconds',
      message: 'progressDeadlineSeconds must be more than minReadySeconds',
    }),
  })
sameType<z.input<typeof spec>, NodeSetSpec>(true)

const status = z
  .object({
    observedGeneration: count('Generation of the spec that this status is about.').optional(),
    replicas: count('Nodes of the set that exist, those being deleted excluded.').optional(),
    readyReplicas: count('Nodes that are Ready.').optional(),
    availableReplicas: count('Nodes that have been Ready for minReadySeconds.').optional(),
    unavailableReplicas: count('Nodes that are lacking to replicas available ones.').optional(),
    updatedReplicas: count('Nodes of the newest revision.').optional(),
    selector: z.string().max(1_024).optional().describe("Label selector of the set's Nodes, for the scale subresource."),
    currentRevision: z.string().max(63).optional().describe('Revision that the set last had everywhere.'),
    updateRevision: z.string().max(63).optional().describe('Revision that the set shall have.'),
    conditions: conditionList.optional().describe('Available, Progressing, Degraded, and more where there is more to say.'),
  })
  .describe('What there is; written by the controller.')
sameType<z.input<typeof status>, NodeSetStatus>(true)

const whole = z.looseObject({ spec })

/** See parseNodeClass. */
export const parseNodeSet = (object: unknown): Parsed<NodeSet> => parseWith(whole as z.ZodType<unknown> as z.ZodType<NodeSet>, object)

/** For the CRD. */
export const nodeSetSchema = (): { readonly spec: StructuralSchema; readonly status: StructuralSchema } => ({
  spec: structural(spec),
  status: structural(status),
})
