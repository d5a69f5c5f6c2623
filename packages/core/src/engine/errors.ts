const branded = (error: unknown, brand: string): boolean => typeof error === 'object' && error !== null && brand in error

/** This manager may not act any more: its lease has run out, was taken over, or was given back. `run()` rejects with it. */
export class LeaseLost extends Error {
  readonly 'kube-node.dev/LeaseLost' = 1 as const
  override readonly name = 'LeaseLost'

  /** By brand, never `instanceof`: two installed copies of core are normal. */
  static is(error: unknown): error is LeaseLost {
    return branded(error, 'kube-node.dev/LeaseLost')
  }
}

/** A controller could not start, one of its sources threw, or its queue broke. `cause` is what was thrown. */
export class ControllerFailed extends Error {
  readonly 'kube-node.dev/ControllerFailed' = 1 as const
  override readonly name = 'ControllerFailed'
  readonly controller: string

  constructor(controller: string, message: string, options: { readonly cause: unknown }) {
    super(message, options)
    this.controller = controller
  }

  /** By brand, never `instanceof`: two installed copies of core are normal. */
  static is(error: unknown): error is ControllerFailed {
    return branded(error, 'kube-node.dev/ControllerFailed')
  }
}

/** The reason with which signals fire when a manager was told to stop: an end, not an error. */
export class ManagerStopping extends Error {
  readonly 'kube-node.dev/ManagerStopping' = 1 as const
  override readonly name = 'ManagerStopping'

  constructor() {
    super('the manager is stopping')
  }

  /** By brand, never `instanceof`: two installed copies of core are normal. */
  static is(error: unknown): error is ManagerStopping {
    return branded(error, 'kube-node.dev/ManagerStopping')
  }
}
