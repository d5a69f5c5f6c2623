/** A command could not do what it was asked for, in words for its user: printed without a stack. */
export class CommandFailed extends Error {
  readonly 'kube-node.dev/CommandFailed' = 1 as const
  override readonly name = 'CommandFailed'
  /** 1: it did not work. 2: it was called in a wrong way. */
  readonly exitCode: number

  constructor(message: string, options: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.exitCode = options.exitCode ?? 1
  }

  /** By brand: the file may be loaded twice, from sources and from a build. */
  static is(error: unknown): error is CommandFailed {
    return typeof error === 'object' && error !== null && 'kube-node.dev/CommandFailed' in error
  }
}
