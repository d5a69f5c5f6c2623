import type { ResourceName } from './resources.ts'

/**
 * Any JSON. In scripts, `{id}` within strings stands for the script's own prefix, and markers (see memory.ts) for what a
 * server said before.
 */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }
export interface Fields {
  readonly [key: string]: Value
}

/** What a step is about: a collection, an object in it, or one of its subresources. Cluster-scoped names get the script's prefix. */
export interface Target {
  readonly resource: ResourceName
  /** One of the script's own namespaces; absent for cluster-scoped kinds, and for lists over all namespaces. */
  readonly ns?: Namespace
  readonly name?: string
  readonly sub?: string
}

export type Namespace = 'x' | 'y'

/** Whose token comes with the request, and as whom it is made. */
export interface Actor {
  /** Absent: the administrator. `anonymous` brings no token, `nobody` one that nobody has. */
  readonly by?: 'developer' | 'stranger' | 'anonymous' | 'nobody'
  /** By impersonation, as the next three. */
  readonly user?: string
  readonly groups?: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export interface RequestStep extends Target {
  readonly do: 'request'
  /** Default: the administrator. */
  readonly as?: Actor
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Fields
  readonly accept?: string
  readonly contentType?: string
  readonly body?: Value
}

/** Opens a watch that stays open until the script ends. */
export interface WatchStep extends Target {
  readonly do: 'watch'
  readonly as?: Actor
  readonly query?: Fields
  readonly accept?: string
}

/** A look at all objects of the script, when controllers have done their part. */
export interface SettleStep extends Target {
  readonly do: 'settle'
  readonly as?: undefined
  readonly query?: undefined
  readonly accept?: undefined
}

export type Step = RequestStep | WatchStep | SettleStep

export interface Script {
  readonly steps: readonly Step[]
}
