import { errorCodes } from '@kube-node/core/provider'
import { z } from 'zod'
import type { CreateMachine, Operation, Operations, Refusal, Reply } from './api.ts'

/** One call of the cloud's API as it goes over a wire. */
export interface WireCall {
  readonly request: unknown
  readonly credential?: string | undefined
}

const owner = z.object({ cluster: z.string(), controller: z.string(), claim: z.string(), nodeName: z.string(), attempt: z.number() })
const create: z.ZodType<CreateMachine> = z.object({
  region: z.string(),
  zone: z.string(),
  instanceType: z.string(),
  capacityType: z.string(),
  image: z.string(),
  name: z.string(),
  owner,
  userData: z.string().optional(),
  bootMs: z.number().optional(),
  token: z.string().optional(),
  uniqueName: z.boolean().optional(),
})
const groupOwner = z.object({ cluster: z.string(), controller: z.string(), set: z.string(), setName: z.string() })
const template = z.object({
  zones: z.array(z.string()),
  instanceType: z.string(),
  capacityType: z.string(),
  image: z.string(),
  bootMs: z.number().optional(),
})
const one = z.object({ region: z.string(), id: z.string() })

const requests: { readonly [O in Operation]: z.ZodType<Operations[O]['request']> } = {
  create,
  createMany: z.object({ items: z.array(create) }),
  list: z.object({ region: z.string(), limit: z.number(), after: z.string().optional() }),
  get: one,
  newestImage: z.object({ family: z.string() }),
  whoami: z.record(z.string(), z.never()),
  adopt: one.extend({ owner }),
  delete: one,
  deleteMany: z.object({ region: z.string(), ids: z.array(z.string()) }),
  listGroups: z.object({ region: z.string(), limit: z.number(), after: z.number().optional() }),
  createGroup: z.object({
    region: z.string(),
    name: z.string(),
    groupOwner,
    revision: z.string(),
    size: z.number(),
    template,
    min: z.number().optional(),
    max: z.number().optional(),
    step: z.number().optional(),
  }),
  resizeGroup: one.extend({ size: z.number(), seen: z.number() }),
  removeMembers: one.extend({ members: z.array(z.string()), replace: z.boolean() }),
  updateGroup: one.extend({ revision: z.string(), template }),
  destroyGroup: one,
}

const call = z.object({ request: z.unknown(), credential: z.string().optional() })
const refusal: z.ZodType<Refusal> = z.looseObject({
  code: z.enum(errorCodes),
  message: z.string(),
})
const reply = z.union([z.object({ refusal }), z.object({ value: z.looseObject({}) })])

export const isOperation = (name: string): name is Operation => Object.hasOwn(requests, name)

/** @throws ZodError when that is no call. */
export const parseCall = (body: unknown): WireCall => call.parse(body)

/** @throws ZodError when it is no such request. */
export const parseRequest = <O extends Operation>(operation: O, body: unknown): Operations[O]['request'] => {
  const schema: z.ZodType<Operations[O]['request']> = requests[operation]
  return schema.parse(body)
}

/** @throws ZodError when that is no reply at all. What is in it is believed: the other end is serveCloud. */
export const parseReply = <O extends Operation>(body: unknown): Reply<Operations[O]['answer']> => reply.parse(body)
