import { type Manager, type ManagerOptions, createManager, createProviders, nodeController, nodeSetController } from '@kube-node/core'
import type { Provider } from '@kube-node/core/provider'
import { farmController } from './controller.ts'

export interface OperatorOptions extends ManagerOptions {
  readonly providers: readonly Provider[]
  /** Hears of every machine that was made. */
  readonly onMachine?: (machine: { readonly node: string; readonly providerID: string }) => void
}

/** One manager, three controllers: kube-node's two and our own share its stores, its lease and its end. */
export const createOperator = ({ providers: list, onMachine, ...options }: OperatorOptions): Manager => {
  const manager = createManager(options)
  // One registry, so that both controllers share one connection and one rate limit for each account.
  const providers = createProviders(list)
  const nodes = manager.add(nodeController({ providers }))
  manager.add(nodeSetController({ providers }))
  manager.add(farmController())
  // Events are for watching; what must happen belongs into a reconcile.
  if (onMachine) nodes.on('machineCreated', onMachine)
  return manager
}
