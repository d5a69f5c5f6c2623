import type { Schema } from '@kube-node/core/provider'
import { z } from 'zod'
import { type SimulatedConfig, configFields } from '../config.ts'

/** `NodeClass.spec.config` of the simulated cloud's groups. */
export interface SimulatedGroupConfig extends SimulatedConfig {
  /** Sizes that a group takes. Default: any. */
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** Sizes go in steps. Default 1. */
  readonly step?: number | undefined
}

export const groupConfig: Schema<SimulatedGroupConfig> = z.strictObject({
  ...configFields,
  min: z.int().min(0).optional().describe('Machines that a group has at the least.'),
  max: z.int().min(0).optional().describe('Machines that a group has at the most.'),
  step: z.int().min(1).optional().describe('Sizes of a group go in steps.'),
})
