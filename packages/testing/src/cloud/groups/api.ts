import type { GroupOwner, Scope } from '@kube-node/core/provider'
import type { CloudMachine, Reply } from '../api.ts'

/** A group as the cloud's API shows it. */
export interface CloudGroup {
  readonly id: string
  readonly size: number
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly step?: number | undefined
  readonly busy?: string | undefined
  readonly problem?: string | undefined
  readonly autoscaled?: string | undefined
  readonly owner?: GroupOwner | undefined
  readonly revision?: string | undefined
  readonly members: readonly CloudMember[]
}

export interface CloudMember extends CloudMachine {
  readonly revision?: string | undefined
}

/** What the machines of a group are made of. */
export interface GroupTemplate {
  readonly zones: readonly string[]
  readonly instanceType: string
  readonly capacityType: string
  readonly image: string
  readonly bootMs?: number | undefined
}

export interface CreateGroup {
  readonly region: string
  readonly name: string
  readonly groupOwner: GroupOwner
  readonly revision: string
  readonly size: number
  readonly template: GroupTemplate
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly step?: number | undefined
}

type Nothing = Readonly<Record<string, never>>

/** What the cloud's API can do with groups, as plain data both ways. */
export interface GroupOperations {
  readonly listGroups: {
    readonly request: { readonly region: string; readonly limit: number; readonly after?: number | undefined }
    readonly answer: { readonly items: readonly CloudGroup[]; readonly missing: readonly Scope[]; readonly next?: number | undefined }
  }
  readonly createGroup: { readonly request: CreateGroup; readonly answer: CloudGroup }
  readonly resizeGroup: {
    /** `seen`: the size that the group must have. */
    readonly request: { readonly region: string; readonly id: string; readonly size: number; readonly seen: number }
    readonly answer: Nothing
  }
  readonly removeMembers: {
    readonly request: { readonly region: string; readonly id: string; readonly members: readonly string[]; readonly replace: boolean }
    readonly answer: { readonly items: readonly Reply<Nothing>[] }
  }
  readonly updateGroup: {
    readonly request: { readonly region: string; readonly id: string; readonly revision: string; readonly template: GroupTemplate }
    readonly answer: Nothing
  }
  readonly destroyGroup: { readonly request: { readonly region: string; readonly id: string }; readonly answer: Nothing }
}
