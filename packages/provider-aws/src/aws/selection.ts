/** Things of a VPC, by their ids or by the tags that all of them carry. */
export interface Selection {
  readonly ids?: readonly string[] | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}
