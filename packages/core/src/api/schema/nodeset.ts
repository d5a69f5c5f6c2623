import { z } from 'zod'
import { isZero } from '../intOrPercent.ts'
import { type NodeSet, type NodeSetSpec, type NodeSetStatus, mostClasses } from '../nodeset.ts'
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

const group = z.object({
  id: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe("The provider's id of a group that exists, which the set takes over as it is. Default: one is created."),
  sizeAuthority: z
    .enum(['nodeset', 'group'])
    .default('nodeset')
    .describe('Who says how many machines there are. With group, kube-node writes the size of the group into replicas.'),
  deletionPolicy: z
    .enum(['Delete', 'Keep'])
    .optional()
    .describe('What becomes of the group with the set. Default: Keep for a group with an id, Delete for one that kube-node created.'),
})

const groupIdOf = (side: string): string => `(has(${side}.group) && has(${side}.group.id) ? ${side}.group.id : '')`

const spec = z
  .object({
    replicas: z.int().min(0).max(1_000_000).default(1).describe('How many Nodes there shall be.'),
    // The class's name is the value of a label on each Node.
    nodeClassName: subdomain.max(63).optional().describe('Class of the Nodes. Either this or nodeClassNames.'),
    nodeClassNames: z
      .array(subdomain.max(63).describe('Name of a class.'))
      .min(1)
      .max(mostClasses)
      .optional()
      .meta({
        description: 'Classes of the Nodes, the preferred one first; the next one serves while those before it are out of capacity.',
        ...listAtomic,
      }),
    zones: z
      .array(z.string().min(1).max(63).describe('Name of a zone, as the provider has it.'))
      .min(1)
      .max(16)
      .optional()
      .meta({ description: 'Zones to spread the Nodes over. Default: the provider chooses.', ...listAtomic }),
    headroom: z
      .object({ nodes: count('How many.') })
      .optional()
      .describe('Nodes beyond replicas that are kept ready, tainted and empty; they serve at once when replicas grow.'),
    group: group.optional().describe('For a class whose provider manages groups: which group the set drives, and how.'),
    template: z
      .object({
        labels: labelMap.optional().describe("Labels of each Node, merged over the class's; kept in sync."),
        annotations: annotationMap.optional().describe("Annotations of each Node, merged over the class's; kept in sync."),
        taints: taintList.optional().describe("Taints of each Node, merged over the class's; kept in sync."),
        config: providerConfig.optional().describe("JSON merge patch over the class's config."),
        restartedAt: z.string().max(64).optional().describe('A new value, whatever it is, replaces every Node of the set.'),
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
  .refine(s => (s.nodeClassName === undefined) !== (s.nodeClassNames === undefined), 'exactly one of nodeClassName and nodeClassNames')
  .refine(
    s => s.group === undefined || (s.nodeClassName !== undefined && s.zones === undefined && s.headroom === undefined),
    'group goes with nodeClassName, and without zones and headroom',
  )
  .meta({
    description: 'What there shall be.',
    ...validations(
      {
        rule: 'self.progressDeadlineSeconds > self.minReadySeconds',
        message: 'progressDeadlineSeconds must be more than minReadySeconds',
      },
      { rule: 'has(self.nodeClassName) != has(self.nodeClassNames)', message: 'exactly one of nodeClassName and nodeClassNames' },
      {
        rule: '!has(self.group) || (has(self.nodeClassName) && !has(self.zones) && !has(self.headroom))',
        message: 'group goes with nodeClassName, and without zones and headroom',
      },
      {
        rule: `${groupIdOf('self')} == ${groupIdOf('oldSelf')}`,
        message:
          'group.id does not change: delete this set, with group.deletionPolicy Keep if its group is to stay, and create another one',
      },
    ),
  })
sameType<z.input<typeof spec>, NodeSetSpec>(true)

const status = z
  .object({
    observedGeneration: count('Generation of the spec that this status is about.').optional(),
    specHash: z.string().max(63).optional().describe('Hash of the spec without its replicas, as this status saw it.'),
    replicas: count('Nodes of the set that exist, those being deleted excluded.').optional(),
    readyReplicas: count('Nodes that are Ready.').optional(),
    availableReplicas: count('Nodes that have been Ready for minReadySeconds.').optional(),
    unavailableReplicas: count('Nodes that are lacking to replicas available ones.').optional(),
    updatedReplicas: count('Nodes of the newest revision.').optional(),
    headroomReplicas: count('Nodes of the headroom that are available; they are in none of the other numbers.').optional(),
    selector: z.string().max(1_024).optional().describe("Label selector of the set's Nodes, for the scale subresource."),
    currentRevision: z.string().max(63).optional().describe('Revision that the set last had everywhere.'),
    updateRevision: z.string().max(63).optional().describe('Revision that the set shall have.'),
    lastProgressTime: z
      .string()
      .max(64)
      .optional()
      .describe('When a Node became available, an old one went, or what is asked for changed; the deadline counts from it.'),
    group: z
      .object({
        provider: z.string().max(253).describe('Provider of the group.'),
        connection: z
          .object({
            config: providerConfig.describe('What of the config chooses account and place.'),
            secret: z
              .object({ namespace: z.string().max(253).describe('Its namespace.'), name: z.string().max(253).describe('Its name.') })
              .optional()
              .describe('Credentials.'),
          })
          .describe('Where the group is.'),
        account: z.string().max(512).optional().describe('The account that the group is in.'),
        id: z.string().max(512).optional().describe("The provider's id of the group."),
        imported: z.boolean().optional().describe('It was there before the set.'),
        takenOver: z.boolean().optional().describe("An imported group's size has become the set's replicas."),
        revision: z.string().max(63).optional().describe('Revision of machines of which the group tells none.'),
        size: count('Its size when it was last seen.').optional(),
        ordered: z
          .object({ size: count('Its machines.'), at: z.string().max(64).describe('When that was decided.') })
          .optional()
          .describe('The size that it was last told to grow to, until no such order can take effect any more.'),
        deletedAt: z.string().max(64).optional().describe('When its deletion was decided.'),
      })
      .optional()
      .describe('The group that the set drives.'),
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
