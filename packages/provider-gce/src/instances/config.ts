import type { Schema } from '@kube-node/core/provider'
import { z } from 'zod'
import type { GceConfig } from './config.types.ts'
import { dataDisk, disk, mostDisks } from './disks.ts'
import { ownerKey, ownerLabels } from './labels.ts'

const named = (pattern: RegExp, example: string): z.ZodString => z.string().regex(pattern, example)
const project = named(/^([a-z][a-z0-9.-]*:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'the id of a project: my-project-1')
const zone = named(/^[a-z]+-[a-z]+\d+-[a-z]$/, 'a zone: europe-west1-b')
const machineType = named(/^[a-z][a-z0-9-]*$/, 'a machine type: e2-standard-4')
/** `default`, or with its project: `projects/shared/regions/europe-west1/subnetworks/nodes`. */
const resource = named(/^([a-z0-9.:-]+\/)*[a-z]([a-z0-9-]*[a-z0-9])?$/, 'a name, or a path that begins with projects/')
const labelValue = z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u, 'at most 63 lower-case letters, digits, _ and -')
const labelKey = z
  .string()
  .regex(/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u, 'at most 63 lower-case letters, digits, _ and -, a letter first')

/** Google takes 64, and two are ours. */
const mostLabels = 62
/** What the class can't say, as the bootstrap does, or we do. */
const takenKeys = ['user-data', 'user-data-encoding', 'startup-script', ownerKey]

const image = z
  .strictObject({
    project: project.optional().describe('Whose image it is: ubuntu-os-cloud. Default: the project of the class.'),
    name: named(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'the name of an image')
      .optional()
      .describe('The image itself.'),
    family: named(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'the name of a family')
      .optional()
      .describe('The newest image of that family.'),
  })
  .refine(({ name, family }) => (name === undefined) !== (family === undefined), 'name exactly one of name and family')

// Unknown keys are errors: a typo must not make a different machine. The descriptions become documentation.
export const config: Schema<GceConfig> = z
  .strictObject({
    project: project.describe('Where the machines stand.'),
    zone: zone.optional().describe('The one zone of its machines; one of zones, where they are named too.'),
    zones: z.array(zone).min(1).optional().describe('Zones over which machines are spread. A stockout in one falls over to another.'),
    machineType: machineType.optional().describe('What the machines have.'),
    machineTypes: z.array(machineType).min(1).optional().describe('Several; the first that can be had is taken. Instead of machineType.'),
    capacityTypes: z
      .array(z.enum(['on-demand', 'spot']))
      .min(1)
      .default(['on-demand'])
      .describe('In order of preference: [spot, on-demand] falls back to on-demand where no spot capacity can be had.'),
    spotTermination: z
      .enum(['delete', 'stop'])
      .default('delete')
      .describe('What becomes of a spot machine that Google takes back. One that is stopped is kept, and costs its disks.'),
    image: image.describe('What the machines boot.'),
    bootDisk: disk.prefault({}).describe('It is deleted with its machine.'),
    disks: z.array(dataDisk).max(mostDisks).default([]).describe('More disks, empty at first. They go with their machine.'),
    localSsds: z.int().min(0).max(24).default(0).describe('Local SSDs of 375 GiB, by NVMe.'),
    network: resource.optional().describe('Default: default, or that of the subnetwork.'),
    subnetwork: resource.optional().describe('Needed where the network has subnetworks of its own making.'),
    externalIp: z.boolean().default(false).describe('An address that the internet can reach, for as long as the machine lives.'),
    canIpForward: z.boolean().default(false).describe('Packets of other addresses may pass: for networks that route pods by themselves.'),
    tags: z
      .array(named(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a network tag'))
      .max(64)
      .default([])
      .describe('Network tags, for firewall rules and routes.'),
    serviceAccount: z
      .strictObject({
        email: z.string().min(1).describe('The account that programs on the machine act as.'),
        scopes: z.array(z.string().min(1)).min(1).default(['https://www.googleapis.com/auth/cloud-platform']),
      })
      .optional()
      .describe('Default: none, so that pods get no credentials of the machine.'),
    accelerators: z
      .array(z.strictObject({ type: machineType.describe('nvidia-l4'), count: z.int().min(1).max(16) }))
      .default([])
      .describe('GPUs. Their machines are ended, not moved, when Google works on the host.'),
    minCpuPlatform: z.string().min(1).optional().describe('"Intel Ice Lake"'),
    shieldedVm: z
      .strictObject({
        secureBoot: z.boolean().default(false),
        vtpm: z.boolean().default(true),
        integrityMonitoring: z.boolean().default(true),
      })
      .prefault({}),
    bootstrapBy: z
      .enum(['user-data', 'startup-script'])
      .default('user-data')
      .describe(
        'user-data for images with cloud-init (Ubuntu, Container-Optimized OS); startup-script for those with the guest agent alone.',
      ),
    labels: z.record(labelKey, labelValue).default({}).describe('More labels of machines and disks.'),
    metadata: z
      .record(named(/^[A-Za-z0-9_-]{1,128}$/, 'a key of metadata'), z.string())
      .default({})
      .describe('More metadata of machines.'),
  })
  .superRefine((given, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    const { machineType: type, machineTypes, zone: one, zones, capacityTypes, disks, labels, metadata } = given
    if ((type === undefined) === (machineTypes === undefined)) refuse('machineType', 'name either machineType or machineTypes')
    if (one === undefined && zones === undefined) refuse('zones', 'name zone or zones')
    if (one !== undefined && zones !== undefined && !zones.includes(one)) refuse('zone', 'is none of zones')
    if (new Set(zones).size !== (zones?.length ?? 0)) refuse('zones', 'one of them is there twice')
    if (new Set(capacityTypes).size !== capacityTypes.length) refuse('capacityTypes', 'one of them is there twice')
    if (new Set(disks.map(({ name }) => name)).size !== disks.length) refuse('disks', 'two disks have the same name')
    const ours: readonly string[] = Object.values(ownerLabels)
    if (Object.keys(labels).some(key => ours.includes(key))) refuse('labels', `${ours.join(' and ')} are taken`)
    if (Object.keys(labels).length > mostLabels) refuse('labels', `at most ${mostLabels}: Google takes 64, and two are ours`)
    if (Object.keys(metadata).some(key => takenKeys.includes(key))) refuse('metadata', `${takenKeys.join(', ')} are taken`)
  })

/** The types in order of preference. */
export const typesOf = ({ machineType, machineTypes }: Pick<GceConfig, 'machineType' | 'machineTypes'>): readonly string[] =>
  machineTypes ?? (machineType === undefined ? [] : [machineType])

/** The zones in which machines may be made. */
export const zonesOf = ({ zone, zones }: Pick<GceConfig, 'zone' | 'zones'>): readonly string[] =>
  zone === undefined ? (zones ?? []) : [zone]
