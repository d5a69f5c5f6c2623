import type { User } from '../request/index.ts'

/** What somebody wants to do to an object, in RBAC's words. Absent or empty name and namespace: any, all. */
export interface ResourceAttributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
}

/** The same for a path that is not about objects. The verb is the HTTP method in lower case. */
export interface PathAttributes {
  readonly verb: string
  readonly path: string
}

export type Attributes = ResourceAttributes | PathAttributes

export interface Decision {
  readonly allowed: boolean
  /** Why, in the server's words; empty where it says nothing. */
  readonly reason: string
}

export type Authorizer = (user: User, asked: Attributes) => Decision

export const isPath = (asked: Attributes): asked is PathAttributes => 'path' in asked

/** There is nobody to keep out. */
export const allowAll: Authorizer = () => ({ allowed: true, reason: '' })
