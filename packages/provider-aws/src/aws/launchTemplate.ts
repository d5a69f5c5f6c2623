/** What machines are launched from: exactly one of `id` and `name`. */
export interface LaunchTemplate {
  readonly id?: string | undefined
  readonly name?: string | undefined
  /** A number, `$Latest` or `$Default`. */
  readonly version: string
}

/** As EC2 and Auto Scaling take it. */
export interface LaunchTemplateSpecification {
  readonly LaunchTemplateId?: string
  readonly LaunchTemplateName?: string
  readonly Version: string
}

export const specificationOf = ({ id, name, version }: LaunchTemplate): LaunchTemplateSpecification => ({
  ...(id !== undefined && { LaunchTemplateId: id }),
  ...(name !== undefined && { LaunchTemplateName: name }),
  Version: version,
})
