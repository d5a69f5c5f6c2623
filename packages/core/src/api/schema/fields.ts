import { z } from 'zod'
import { type Duration, durationPattern } from '../../runtime/index.ts'
import type { Condition, Taint } from '../builtin.ts'
import { annotations, group } from '../keys.ts'
import { type IntOrPercent, percentPattern } from '../intOrPercent.ts'
import { listAtomic, listMap, validations } from './extensions.ts'
import { sameType } from './same-type.ts'

/** Fields that NodeClass and NodeSet have in common. */

export const subdomain: z.ZodString = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be lower-case letters, digits, "-" and ".", as the name of an object',
  )

// The pattern takes Go's compound form (1h30m) too, which Duration can't say.
export const duration: z.ZodType<Duration, Duration> = z
  .string()
  .max(32)
  .regex(new RegExp(durationPattern), 'must be a duration such as 500ms, 30s, 15m or 1h30m') as z.ZodType<string, string> as z.ZodType<
  Duration,
  Duration
>

export const intOrPercent: z.ZodType<IntOrPercent, IntOrPercent> = z
  .union(
    [z.int().min(0).max(1_000_000), z.string().max(8).regex(new RegExp(percentPattern))],
    'must be a whole number from 0, or a percentage such as "25%"',
  )
  .meta({ 'x-kubernetes-int-or-string': true })

/** For lists whose members are told apart by a key. */
export const noTwo =
  <T>(key: (item: T) => string): ((items: readonly T[]) => boolean) =>
  items =>
    new Set(items.map(key)).size === items.length

const nameRegex = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?'
const prefixRegex = '[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/'
const keyRegex = `^(${prefixRegex})?${nameRegex}$`
const qualifiedName = new RegExp(keyRegex)

const ours = (key: string): boolean => key.startsWith(`${group}/`)
/** Annotations of ours that are a person's to set. */
const forPeople: readonly string[] = [annotations.doNotDisrupt, annotations.deletionCost]

export const labelMap: z.ZodType<Readonly<Record<string, string>>, Readonly<Record<string, string>>> = z
  .record(
    z.string().regex(qualifiedName, 'is not the key of a label'),
    z
      .string()
      .max(63)
      .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, 'is not the value of a label')
      .meta({ description: 'Value of the label.' }),
  )
  .refine(map => !Object.keys(map).some(ours), `labels with ${group}/ are kube-node's own`)
  .meta({
    maxProperties: 64,
    ...validations(
      { rule: `self.all(key, key.matches('${keyRegex}'))`, message: 'a key is not the key of a label' },
      { rule: `self.all(key, !key.startsWith('${group}/'))`, message: `labels with ${group}/ are kube-node's own` },
    ),
  })

export const annotationMap: z.ZodType<Readonly<Record<string, string>>, Readonly<Record<string, string>>> = z
  .record(
    z.string().regex(qualifiedName, 'is not the key of an annotation'),
    z.string().max(16_384).meta({ description: 'Value of the annotation.' }),
  )
  .refine(
    map => !Object.keys(map).some(key => ours(key) && !forPeople.includes(key)),
    `annotations with ${group}/ are kube-node's own, but for ${forPeople.join(' and ')}`,
  )
  .meta({
    maxProperties: 64,
    ...validations(
      { rule: `self.all(key, key.matches('${keyRegex}'))`, message: 'a key is not the key of an annotation' },
      {
        rule: `self.all(key, !key.startsWith('${group}/') || key in [${forPeople.map(key => `'${key}'`).join(', ')}])`,
        message: `annotations with ${group}/ are kube-node's own, but for ${forPeople.join(' and ')}`,
      },
    ),
  })

const taint = z.object({
  key: z
    .string()
    .max(317)
    .regex(qualifiedName, 'is not the key of a taint')
    .refine(key => !ours(key), `taints with ${group}/ are kube-node's own`)
    .meta({
      description: 'Key of the taint.',
      ...validations({ rule: `!self.startsWith('${group}/')`, message: `taints with ${group}/ are kube-node's own` }),
    }),
  value: z
    .string()
    .max(63)
    .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, 'is not the value of a taint')
    .optional()
    .describe('Value of the taint.'),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).describe('What it does to pods that do not tolerate it.'),
  timeAdded: z.iso.datetime({ offset: true }).optional().meta({ description: 'When it was added; kept for NoExecute.' }),
})
sameType<z.input<typeof taint>, Taint>(true)

/** Kubernetes tells taints apart by key and effect. */
export const taintList: z.ZodType<readonly Taint[], readonly Taint[]> = z
  .array(taint as z.ZodType<Taint, Taint>)
  .max(64)
  .refine(
    noTwo((t: Taint) => `${t.key} ${t.effect}`),
    'two taints have the same key and effect',
  )
  .meta(listMap('key', 'effect'))

const condition = z.object({
  type: z.string().max(316).describe('Which question it answers.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('The answer.'),
  reason: z.string().max(1_024).optional().describe('Why, in one word for programs.'),
  message: z.string().max(32_768).optional().describe('Why, in words for people.'),
  observedGeneration: z.int().min(0).optional().describe('Generation of the spec that it was judged by.'),
  lastTransitionTime: z.iso.datetime({ offset: true }).optional().describe('When the status changed last.'),
  lastHeartbeatTime: z.iso.datetime({ offset: true }).optional().describe('When it was judged last, where that is written at all.'),
})
sameType<z.input<typeof condition>, Condition>(true)

export const conditionList: z.ZodType<readonly Condition[], readonly Condition[]> = z
  // As sameType has shown.
  .array(condition as z.ZodType<Condition, Condition>)
  .max(32)
  .meta({ description: 'What is known of it, in the usual form.', ...listMap('type') })

/** The provider's own words: only its own schema knows them, so the API server keeps what it gets. */
export const providerConfig: z.ZodType<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>> = z
  .record(z.string(), z.unknown())
  .meta({ 'x-kubernetes-preserve-unknown-fields': true })

export const count = (description: string): z.ZodType<number, number> => z.int().min(0).max(2_147_483_647).describe(description)
export const lines = (description: string, max: number): z.ZodType<readonly string[], readonly string[]> =>
  z
    .array(z.string().min(1).max(4_096).describe('One of them.'))
    .max(max)
    .meta({ description, ...listAtomic })
