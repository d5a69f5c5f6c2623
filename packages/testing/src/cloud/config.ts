import type { Schema } from '@kube-node/core/provider'
import { durationPattern } from '@kube-node/core/runtime'
import { z } from 'zod'

/** `NodeClass.spec.config` of the simulated cloud. */
export interface SimulatedConfig {
  /** Where the machines are. Chooses the connection. Default `local`. */
  readonly region: string
  /** Zones to spread the machines over. Default: `<region>-a`. */
  readonly zones?: readonly string[] | undefined
  /** The one zone to make the machine in; wins over `zones`. */
  readonly zone?: string | undefined
  /** `small` (the default), `medium`, `large`, or a type that the cloud was given. */
  readonly instanceType: string
  readonly capacityType: 'on-demand' | 'spot'
  readonly image: string
  /** A duration: from creation to running. Default: what the cloud was told. */
  readonly bootTime?: string | undefined
}

const name = z.string().min(1).max(63)

/** What machines are made of, each by itself or in a group. */
export const configFields: { readonly [K in keyof SimulatedConfig]-?: z.ZodType<SimulatedConfig[K]> } = {
  region: name.default('local').describe('Where the machines are. Chooses the connection.'),
  zones: z.array(name).min(1).max(16).optional().describe('Zones to spread the machines over. Default: <region>-a.'),
  zone: name.optional().describe('The one zone to make the machine in; wins over zones.'),
  instanceType: name.default('small').describe('What the machines have: small, medium, large, or a type that the cloud was given.'),
  capacityType: z.enum(['on-demand', 'spot']).default('on-demand').describe('Stockouts can be limited to one of them.'),
  image: z.string().min(1).max(253).default('debian-13').describe('What the machines boot.'),
  bootTime: z
    .string()
    .regex(new RegExp(durationPattern), 'write a duration as 500ms, 30s or 15m')
    .optional()
    .describe('How long a machine takes from its creation to running. Default: what the cloud was told.'),
}

/** Unknown fields are errors: a typo must not make a different machine. */
export const config: Schema<SimulatedConfig> = z.strictObject(configFields)

export const credentials: Schema<{ readonly token: string }> = z.object({
  token: z.string().min(1).describe('Says to the cloud who calls.'),
})
