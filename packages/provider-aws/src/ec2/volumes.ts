import { z } from 'zod'
import type { DataVolume, Volume } from './config.types.ts'

const device = z.string().regex(/^(\/dev\/)?[a-z0-9]+$/, 'a device as EC2 names it: /dev/sdf, /dev/xvda')
const shape = {
  sizeGiB: z.int().min(1).max(65_536).optional().describe('GiB. Default: as image or snapshot have it.'),
  type: z.enum(['gp3', 'gp2', 'io1', 'io2', 'st1', 'sc1', 'standard']).optional().describe('Default: gp3.'),
  iops: z.int().min(1).optional(),
  throughputMiBps: z.int().min(1).optional().describe('MiB a second, of gp3 alone.'),
  encrypted: z.boolean().default(true).describe('Default: true, with the key of kmsKeyId or the account.'),
  kmsKeyId: z.string().min(1).optional().describe('Key id, alias or ARN.'),
}
const keyNeedsEncryption = 'kmsKeyId needs encrypted: true'
const isSound = ({ encrypted, kmsKeyId }: Volume): boolean => encrypted || kmsKeyId === undefined

export const volume: z.ZodType<Volume> = z
  .strictObject({ device: device.optional().describe('Default: as the image names it.'), ...shape })
  .refine(isSound, keyNeedsEncryption)

export const dataVolume: z.ZodType<DataVolume> = z
  .strictObject({ device, snapshotId: z.string().min(1).optional(), ...shape })
  .refine(isSound, keyNeedsEncryption)
  .refine(({ sizeGiB, snapshotId }) => sizeGiB !== undefined || snapshotId !== undefined, 'a volume needs sizeGiB or snapshotId')
