import type { ErrorCode, Machine, Owner, Scope } from '@kube-node/core/provider'
import type { GroupOperations } from './groups/index.ts'

/** A machine as the cloud's API shows it. */
export interface CloudMachine {
  readonly id: string
  readonly name: string
  readonly region: string
  readonly zone: string
  readonly instanceType: string
  readonly capacityType: string
  readonly owner?: Owner | undefined
  readonly state: Machine['state']
  readonly address?: string | undefined
  readonly createdAt: string
  /** What the cloud calls its Node. */
  readonly nodeName?: string | undefined
}

export interface CreateMachine {
  readonly region: string
  readonly zone: string
  readonly instanceType: string
  readonly capacityType: string
  readonly image: string
  readonly name: string
  readonly owner: Owner
  /** Base64. */
  readonly userData?: string | undefined
  readonly bootMs?: number | undefined
  /** The same token gives the same machine. */
  readonly token?: string | undefined
  /** Refuse a second living machine of that name. */
  readonly uniqueName?: boolean | undefined
}

export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly scope?: Scope | undefined
  readonly retryAfterMs?: number | undefined
  /** `none`: it is certain that nothing was made. */
  readonly outcome?: 'none' | 'unknown' | undefined
  /** Only for a create with uniqueName: the machine that has the name. */
  readonly existing?: CloudMachine | undefined
}

/** `value` or `refusal`, as JSON can carry it. */
export type Reply<T> = { readonly value: T; readonly refusal?: undefined } | { readonly refusal: Refusal; readonly value?: undefined }

/** All that the cloud's API can do, as plain data both ways, so that it can be served over a wire. */
export interface Operations extends GroupOperations {
  readonly create: { readonly request: CreateMachine; readonly answer: CloudMachine }
  readonly createMany: {
    readonly request: { readonly items: readonly CreateMachine[] }
    readonly answer: { readonly items: readonly Reply<CloudMachine>[] }
  }
  readonly list: {
    readonly request: { readonly region: string; readonly limit: number; readonly after?: string | undefined }
    readonly answer: { readonly items: readonly CloudMachine[]; readonly missing: readonly Scope[]; readonly next?: string | undefined }
  }
  readonly get: {
    readonly request: { readonly region: string; readonly id: string }
    readonly answer: { readonly machine?: CloudMachine | undefined }
  }
  /** What the name of a family of images stands for now; nothing where nobody released one under that name. */
  readonly newestImage: {
    readonly request: { readonly family: string }
    readonly answer: { readonly image?: string | undefined }
  }
  readonly whoami: { readonly request: Readonly<Record<string, never>>; readonly answer: { readonly account: string } }
  readonly adopt: {
    readonly request: { readonly region: string; readonly id: string; readonly owner: Owner }
    readonly answer: CloudMachine
  }
  readonly delete: { readonly request: { readonly region: string; readonly id: string }; readonly answer: Readonly<Record<string, never>> }
  readonly deleteMany: {
    readonly request: { readonly region: string; readonly ids: readonly string[] }
    readonly answer: { readonly items: readonly Reply<Readonly<Record<string, never>>>[] }
  }
}

export type Operation = keyof Operations

export interface Caller {
  /** The secret that says who calls; the cloud knows which account it opens. */
  readonly credential?: string | undefined
  /** Fires when the caller has given up waiting. What was sent is carried out all the same. */
  readonly signal: AbortSignal
}

/** @throws LostAnswer when no answer comes; the signal's reason when that fires first. Refusals are answers. */
export type CloudApi = <O extends Operation>(
  operation: O,
  request: Operations[O]['request'],
  caller: Caller,
) => Promise<Reply<Operations[O]['answer']>>

/** The connection broke before an answer came: whether the call was carried out is not known. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer'
}
