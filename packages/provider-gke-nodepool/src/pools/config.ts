import type { Schema } from '@kube-node/core/provider'
import { z } from 'zod'
import type { GkeNodePoolConfig } from './config.types.ts'
import { ownerKeys } from './owner.ts'

const named = (pattern: RegExp, example: string): z.ZodString => z.string().regex(pattern, example)
const zone = named(/^[a-z]+-[a-z]+\d+-[a-z]$/, 'a zone: europe-west1-b')
const word = named(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and -')

/** Google takes 64, and GKE writes its own. */
const mostLabels = 48

// Unknown keys are errors: a typo must not make a different pool. The descriptions become documentation.
export const config: Schema<GkeNodePoolConfig> = z
  .strictObject({
    project: named(/^([a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'the id of a project: my-project-1').describe(
      'Where the cluster is.',
    ),
    location: named(/^[a-z]+-[a-z]+\d+(-[a-z])?$/, 'a region or a zone: europe-west1').describe('The region or the zone of the cluster.'),
    cluster: named(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, 'the name of a cluster').describe('The cluster: the one that kube-node serves.'),
    zones: z.array(zone).min(1).optional().describe('Of pools that kube-node creates. Default: those of the cluster.'),
    machineType: word.optional().describe('e2-standard-4. Needed for pools that kube-node creates.'),
    diskSizeGiB: z.int().min(10).max(65_536).optional().describe("Default: GKE's own, 100."),
    diskType: word.optional().describe("pd-balanced, pd-ssd. Default: GKE's own."),
    imageType: named(/^[A-Z][A-Z0-9_]*$/, 'an image type: COS_CONTAINERD')
      .optional()
      .describe("COS_CONTAINERD, UBUNTU_CONTAINERD. Default: GKE's own."),
    spot: z.boolean().default(false).describe('Spot machines, which Google may take back.'),
    serviceAccount: z.string().min(1).optional().describe("What the machines act as. Default: GKE's own."),
    labels: z.record(z.string().min(1), z.string().max(63)).default({}).describe('Labels with which kubelets of such a pool register.'),
    taints: z
      .array(
        z.strictObject({
          key: z.string().min(1),
          value: z.string().default(''),
          effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
        }),
      )
      .default([])
      .describe('Taints with which kubelets of such a pool register.'),
    resourceLabels: z
      .record(
        named(/^[a-z][a-z0-9_-]{0,62}$/, 'at most 63 lower-case letters, digits, _ and -, a letter first'),
        named(/^[a-z0-9_-]{0,63}$/, 'at most 63 lower-case letters, digits, _ and -'),
      )
      .default({})
      .describe('Labels of the machines and disks at Google, as bills show them.'),
    tags: z
      .array(named(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a network tag'))
      .max(64)
      .default([])
      .describe('Network tags, for firewall rules and routes.'),
  })
  .superRefine(({ zones, resourceLabels, labels }, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (new Set(zones).size !== (zones?.length ?? 0)) refuse('zones', 'one of them is there twice')
    const isTaken = (key: string): boolean => ownerKeys.includes(key) || key.startsWith('goog-')
    if (Object.keys(resourceLabels).some(isTaken)) refuse('resourceLabels', `${ownerKeys.join(', ')} and goog-... are taken`)
    if (Object.keys(resourceLabels).length > mostLabels)
      refuse('resourceLabels', `at most ${mostLabels}: Google takes 64, and some are GKE's`)
    // Kubelets may not say so of themselves, and whose a Node is its machine says.
    if (Object.keys(labels).some(key => /(^|\.)kube-node\.dev\//.test(key))) refuse('labels', 'those of kube-node.dev/ are taken')
  })
