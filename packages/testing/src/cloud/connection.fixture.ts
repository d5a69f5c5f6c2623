import {
  type Call,
  type CreateRequest,
  type Machine,
  type MachineConnection,
  type MachineProvider,
  type OpaqueConfig,
  type Owner,
  ProviderError,
} from '@kube-node/core/provider'
import type { ManualRuntime } from '@kube-node/core/runtime'

/** Short words for stories about a provider of the simulated cloud. */

export const callOf = (runtime: ManualRuntime, signal: AbortSignal = new AbortController().signal): Call => ({
  signal,
  deadline: runtime.clock.now() + 60_000,
  clock: runtime.clock,
  log: () => undefined,
})

export const connect = (provider: MachineProvider, call: Call, credentials?: unknown): MachineConnection<OpaqueConfig> =>
  provider.definition.connect({
    config: { region: 'local' },
    credentials,
    cluster: 'cluster-1',
    call,
    store: {
      get: () => Promise.resolve(undefined),
      put: () => Promise.reject(new Error('the simulated cloud needs no store')),
      keys: () => ({ async *[Symbol.asyncIterator]() {} }),
      remove: () => Promise.resolve(),
    },
  })

export const owner = (claim: string, attempt = 1): Owner => ({
  cluster: 'cluster-1',
  controller: 'kube-node.dev/controller',
  claim,
  nodeName: `node-${claim}`,
  attempt,
})

export const parsed: OpaqueConfig = { region: 'local', instanceType: 'small', capacityType: 'on-demand', image: 'debian-13' }

export const request = (claim: string, config: OpaqueConfig = {}, attempt = 1): CreateRequest<OpaqueConfig> => ({
  token: `${claim}-${attempt}`,
  name: `node-${claim}-${attempt}`,
  owner: owner(claim, attempt),
  config: { ...parsed, ...config },
  bootstrap: { kind: 'user-data', bytes: new TextEncoder().encode('#!/bin/sh') },
  avoid: [],
})

export const listed = async (w: { readonly connection: MachineConnection<OpaqueConfig>; readonly call: Call }): Promise<Machine[]> => {
  const all: Machine[] = []
  for await (const page of w.connection.list(w.call)) all.push(...page.items)
  return all
}

/** The ProviderError that it must end with. */
export const refusal = async (answer: Promise<unknown>): Promise<ProviderError> => {
  const error = await answer.then(
    () => undefined,
    (e: unknown) => e,
  )
  if (!ProviderError.is(error)) throw new Error(`expected a ProviderError, got ${String(error)}`)
  return error
}
