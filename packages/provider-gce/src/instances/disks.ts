import { z } from 'zod'
import type { DataDisk, Disk } from './config.types.ts'

/** Google attaches 128 to most types, a boot disk and local SSDs included. */
export const mostDisks = 100

const shape = {
  type: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'a type of disk: pd-balanced')
    .default('pd-balanced')
    .describe('pd-balanced, pd-ssd, pd-standard, hyperdisk-balanced, ...'),
  kmsKey: z
    .string()
    .regex(/^projects\//, 'a key: projects/p/locations/l/keyRings/r/cryptoKeys/k')
    .optional()
    .describe('A key of Cloud KMS. Default: a key of Google.'),
}
const size = z.int().min(1).max(65_536)

export const disk: z.ZodType<Disk, { readonly [Key in keyof Disk]?: Disk[Key] | undefined }> = z.strictObject({
  sizeGiB: size.optional().describe('GiB. Default: as the image has it.'),
  ...shape,
})

export const dataDisk: z.ZodType<DataDisk> = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, 'at most 20 characters of a name')
    .describe('Its device on the machine: /dev/disk/by-id/google-NAME.'),
  sizeGiB: size.describe('GiB.'),
  ...shape,
})
