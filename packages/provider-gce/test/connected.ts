import { type Call, type CreateRequest, type MachineConnection, type OpaqueConfig, ProviderError } from '@kube-node/core/provider'
import { manualRuntime } from '@kube-node/core/runtime'
import { type GceWorld, secretOf } from './world.ts'

export const call: Call = {
  signal: new AbortController().signal,
  deadline: Infinity,
  clock: manualRuntime().clock,
  log: () => {},
}
export const owner = { cluster: 'c-1', controller: 'kube-node.dev/default', claim: 'u-1', nodeName: 'a', attempt: 1 }

/** A connection as core opens it, and a request of the first attempt of a claim. */
export const opened = (
  { provider: { definition }, google }: GceWorld,
  more: object = {},
): { connection: MachineConnection<OpaqueConfig>; request: CreateRequest<OpaqueConfig> } => {
  const given = {
    project: google.project,
    zones: google.zones,
    machineType: 'e2-standard-2',
    image: { family: 'ubuntu-2404-lts' },
    ...more,
  }
  const read = definition.config['~standard'].validate(given)
  const secret = definition.credentials?.['~standard'].validate(secretOf('controller'))
  if (read instanceof Promise || read.issues || !secret || secret instanceof Promise || secret.issues)
    throw new Error('the config is refused')
  const store = { get: async () => undefined, put: async () => '', async *keys() {}, remove: async () => {} }
  const connection = definition.connect({
    config: { project: google.project },
    credentials: secret.value,
    cluster: owner.cluster,
    store,
    call,
  })
  return { connection, request: { token: 't-1', name: 'n1', owner, config: read.value, bootstrap: { kind: 'none' }, avoid: [] } }
}

export const failure = async (work: Promise<unknown>): Promise<ProviderError> => {
  const error: unknown = await work.then(
    () => undefined,
    caught => caught,
  )
  if (!ProviderError.is(error)) throw new Error(`it was to fail with an error of the contract: ${String(error)}`)
  return error
}
