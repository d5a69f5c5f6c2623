import type { AssumeRole, LaunchTemplate, Selection } from '../aws/index.ts'

export type { Selection } from '../aws/index.ts'
export type CapacityType = 'on-demand' | 'spot'

/** Exactly one of `id`, `ssmParameter` and `filters`. */
export interface ImageSource {
  readonly id?: string | undefined
  readonly ssmParameter?: string | undefined
  readonly owners?: readonly string[] | undefined
  readonly filters?: Readonly<Record<string, readonly string[]>> | undefined
}

/** An EBS volume. It is deleted with its machine. */
export interface Volume {
  readonly device?: string | undefined
  readonly sizeGiB?: number | undefined
  readonly type?: 'gp3' | 'gp2' | 'io1' | 'io2' | 'st1' | 'sc1' | 'standard' | undefined
  readonly iops?: number | undefined
  readonly throughputMiBps?: number | undefined
  readonly encrypted: boolean
  readonly kmsKeyId?: string | undefined
}

export interface DataVolume extends Volume {
  readonly device: string
  readonly snapshotId?: string | undefined
}

/** `spec.config` of a NodeClass. */
export interface Ec2Config {
  readonly region: string
  readonly assumeRole?: AssumeRole | undefined
  /** With it, what else is absent is as the template says. */
  readonly launchTemplate?: LaunchTemplate | undefined
  readonly instanceType?: string | undefined
  readonly instanceTypes?: readonly string[] | undefined
  readonly capacityTypes: readonly CapacityType[]
  readonly spotMaxPrice?: string | undefined
  /** Absent: the launch template's. */
  readonly ami?: ImageSource | undefined
  readonly zone?: string | undefined
  readonly subnets?: Selection | undefined
  readonly securityGroups?: Selection | undefined
  readonly publicIp?: boolean | undefined
  readonly iamInstanceProfile?: string | undefined
  readonly keyName?: string | undefined
  readonly rootVolume?: Volume | undefined
  readonly volumes: readonly DataVolume[]
  readonly metadata: { readonly httpTokens: 'required' | 'optional'; readonly hopLimit: number }
  readonly placement?:
    | {
        readonly tenancy?: 'default' | 'dedicated' | 'host' | undefined
        readonly group?: string | undefined
        readonly partition?: number | undefined
        readonly hostId?: string | undefined
      }
    | undefined
  readonly capacityReservation?:
    | { readonly preference?: 'open' | 'none' | undefined; readonly id?: string | undefined; readonly groupArn?: string | undefined }
    | undefined
  readonly tags: Readonly<Record<string, string>>
}
