import type { Schema } from '@kube-node/core/provider'
import { z } from 'zod'

/** `spec.config` of a NodeClass. */
export interface BrookConfig {
  readonly location: string
  readonly type: string
  readonly image: string
}

// Unknown keys are errors: a typo must not make a different machine. The descriptions become documentation.
export const config: Schema<BrookConfig> = z.strictObject({
  location: z.string().min(1).default('ber1').describe('Where the servers stand.'),
  type: z.string().min(1).default('b2').describe('What the servers have: b2, b4 or b8.'),
  image: z.string().min(1).default('debian-13').describe('What the servers boot.'),
})

/** The entries of the Secret that a NodeClass names. */
export const credentials: Schema<{ readonly token: string }> = z.object({
  token: z.string().min(1).describe('An API token of the project.'),
})
