import type { Schema } from '@kube-node/core/provider'
import { z } from 'zod'
import { assumeRole, launchTemplate, region, selection, tags } from '../schema/index.ts'
import type { Ec2Config } from './config.types.ts'
import { dataVolume, volume } from './volumes.ts'

/** What EC2 attaches to the smallest types, beside a root volume and a network interface. */
const mostVolumes = 26

const typeName = z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'an instance type: m7i.large')
const texts = z.array(z.string().min(1)).min(1)

const ami = z
  .strictObject({
    id: z
      .string()
      .regex(/^ami-[0-9a-f]+$/, 'the id of an image: ami-0abc...')
      .optional()
      .describe('The image itself.'),
    ssmParameter: z.string().min(1).optional().describe('Name of a public or own SSM parameter that holds the id of the image.'),
    owners: texts.optional().describe('With filters: accounts (or self, amazon) whose images count.'),
    filters: z
      .record(z.string().min(1), texts)
      .optional()
      .describe('Filters of DescribeImages: {name: ["al2023-ami-2023.*"], architecture: [x86_64]}. The newest image counts.'),
  })
  .superRefine(({ id, ssmParameter, owners, filters }, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message })
    if ([id, ssmParameter, filters].filter(way => way !== undefined).length !== 1)
      refuse('name exactly one of id, ssmParameter and filters')
    // Anybody can publish an image under any name.
    else if (filters !== undefined && owners === undefined)
      refuse('filters need owners: whoever publishes an image of that name would count')
    else if (filters === undefined && owners !== undefined) refuse('owners go with filters')
  })

const placement = z
  .strictObject({
    tenancy: z.enum(['default', 'dedicated', 'host']).optional(),
    group: z.string().min(1).optional().describe('Name of a placement group.'),
    partition: z.int().min(1).optional().describe('Partition of that group.'),
    hostId: z.string().min(1).optional().describe('A dedicated host.'),
  })
  .refine(({ partition, group }) => partition === undefined || group !== undefined, 'partition needs group')

const capacityReservation = z
  .strictObject({
    preference: z.enum(['open', 'none']).optional(),
    id: z.string().min(1).optional().describe('A certain reservation.'),
    groupArn: z.string().min(1).optional().describe('A resource group of reservations.'),
  })
  .refine(ways => Object.values(ways).filter(way => way !== undefined).length === 1, 'name exactly one of preference, id and groupArn')

// Unknown keys are errors: a typo must not make a different machine. The descriptions become documentation.
export const config: Schema<Ec2Config> = z
  .strictObject({
    region: region.describe('Where the machines stand.'),
    assumeRole: assumeRole.optional().describe('A role that is taken on with the credentials; its account is the one that counts.'),
    launchTemplate: launchTemplate.optional().describe('What the class leaves open is as this template says.'),
    instanceType: typeName.optional().describe('What the machines have.'),
    instanceTypes: z
      .array(typeName)
      .min(1)
      .optional()
      .describe('Several types; the first that can be had is taken. Instead of instanceType.'),
    capacityTypes: z
      .array(z.enum(['on-demand', 'spot']))
      .min(1)
      .default(['on-demand'])
      .describe('In order of preference: [spot, on-demand] falls back to on-demand where no spot capacity can be had.'),
    spotMaxPrice: z
      .string()
      .regex(/^\d+(\.\d+)?$/, 'US dollars an hour: "0.05"')
      .optional()
      .describe('Most that a spot machine may cost, in US dollars an hour. Default: the on-demand price.'),
    ami: ami.optional().describe("What the machines boot: exactly one of id, ssmParameter and filters. Default: the launch template's."),
    zone: z.string().min(1).optional().describe('Only subnets of this zone: eu-west-1a.'),
    subnets: selection('subnet').optional().describe("By ids or by tags. Default: the default VPC's."),
    securityGroups: selection('sg').optional().describe("By ids or by tags. Default: the VPC's default group."),
    publicIp: z.boolean().optional().describe('Default: as the subnet says.'),
    iamInstanceProfile: z.string().min(1).optional().describe('Name or ARN of an instance profile.'),
    keyName: z.string().min(1).optional().describe('An EC2 key pair.'),
    rootVolume: volume.optional().describe('Default: as the image says.'),
    volumes: z.array(dataVolume).max(mostVolumes).default([]).describe('More volumes. They go with their machine.'),
    metadata: z
      .strictObject({
        httpTokens: z.enum(['required', 'optional']).default('required').describe('required: IMDSv2 alone.'),
        hopLimit: z
          .int()
          .min(1)
          .max(64)
          .default(1)
          .describe("With 1, pods that don't use the host's network get no credentials of the machine."),
      })
      .prefault({})
      .describe('The instance metadata service.'),
    placement: placement.optional(),
    capacityReservation: capacityReservation.optional(),
    tags: tags.default({}).describe('More tags of machine, volumes and network interfaces.'),
  })
  .superRefine(
    ({ launchTemplate: template, ami: image, instanceType, instanceTypes, spotMaxPrice, capacityTypes, volumes, rootVolume }, context) => {
      const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
      const types = [instanceType, instanceTypes].filter(way => way !== undefined).length
      if (types > 1 || (types === 0 && !template)) refuse('instanceType', 'name either instanceType or instanceTypes')
      if (!image && !template) refuse('ami', 'name an image, or a launch template that has one')
      if (new Set(capacityTypes).size !== capacityTypes.length) refuse('capacityTypes', 'one of them is there twice')
      if (spotMaxPrice !== undefined && !capacityTypes.includes('spot')) refuse('spotMaxPrice', 'capacityTypes does not have spot')
      const devices = [rootVolume?.device, ...volumes.map(({ device }) => device)].filter(device => device !== undefined)
      if (new Set(devices).size !== devices.length) refuse('volumes', 'two volumes have the same device')
    },
  )

/** The types in order of preference. */
export const typesOf = ({ instanceType, instanceTypes }: Ec2Config): readonly string[] =>
  instanceTypes ?? (instanceType === undefined ? [] : [instanceType])
