import type { AssumeRole, LaunchTemplate, Selection } from '../aws/index.ts'

/** `spec.config` of a NodeClass. */
export interface AutoScalingConfig {
  readonly region: string
  readonly assumeRole?: AssumeRole | undefined
  /** What becomes of MinSize and MaxSize of groups that somebody else made. */
  readonly limits: 'honour' | 'raise'
  readonly launchTemplate?: LaunchTemplate | undefined
  readonly subnets?: Selection | undefined
  readonly tags: Readonly<Record<string, string>>
}
