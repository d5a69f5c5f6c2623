import { type Namespace, NodeClasses, NodeSets, Namespaces, pathOf } from '@kube-node/core/api'
import { type Client, type KubeTransport, ApiError, TransportError, createClient, isAlreadyExists, refusal } from '@kube-node/core/kube'
import { type Log, type Runtime, describeMs, errorText } from '@kube-node/core/runtime'
import { adviceOn, missingKinds as missingKindsText } from '../cluster/index.ts'

export interface PrepareOptions {
  readonly transport: KubeTransport
  readonly runtime: Runtime
  readonly log: Log
  /** Where the Lease and providers' entries are. */
  readonly namespace: string
  /** Hears what is waited for. */
  readonly tell?: (what: string) => void
}

const firstWaitMs = 1_000
const longestWaitMs = 5_000
/** What lasts is told again this often. */
const repeatMs = 60_000

/**
 * Waits until the cluster has what the controllers need: an API server that answers, the CRDs, the namespace (made when it
 * is missing). Each obstacle is told in words that say what to do; all of them are waited out.
 * @throws the signal's reason alone.
 */
export const prepareCluster = async (options: PrepareOptions, signal: AbortSignal): Promise<void> => {
  const {
    log,
    tell,
    runtime: { clock },
  } = options
  let told: { readonly obstacle: string; readonly at: number } | undefined
  let waitMs = firstWaitMs
  for (;;) {
    signal.throwIfAborted()
    const obstacle = await obstacleIn(options, signal)
    if (obstacle === undefined) {
      if (told) log('info', 'the cluster has all that is needed now')
      return
    }
    const now = clock.monotonic()
    if (told?.obstacle !== obstacle) waitMs = firstWaitMs
    if (told?.obstacle !== obstacle || now - told.at >= repeatMs) {
      log('warn', `${obstacle}; looking again every ${describeMs(longestWaitMs)}`)
      told = { obstacle, at: now }
      tell?.(obstacle)
    }
    await clock.sleep(waitMs, signal)
    waitMs = Math.min(longestWaitMs, waitMs * 2)
  }
}

const obstacleIn = async ({ transport, runtime, log, namespace }: PrepareOptions, signal: AbortSignal): Promise<string | undefined> => {
  try {
    const client = createClient({ transport, clock: runtime.clock })
    return (await missingKinds(transport, signal)) ?? (await missingNamespace(client, namespace, log, signal))
  } catch (error) {
    signal.throwIfAborted()
    if (TransportError.is(error)) return errorText(error)
    if (ApiError.is(error)) return `${errorText(error)}${adviceOn(error)}`
    throw error
  }
}

/** Asked of discovery, which is open to everybody whom the API server knows; CustomResourceDefinitions are not. */
const missingKinds = async (transport: KubeTransport, signal: AbortSignal): Promise<string | undefined> => {
  const request = { method: 'GET', path: pathOf({ ...NodeClasses, plural: '' }).replace(/\/$/, ''), signal } as const
  const response = await transport.request({ ...request, headers: { accept: 'application/json' } })
  if (response.status >= 400 && response.status !== 404) throw refusal(request, response)
  const served = JSON.stringify(response.body)
  const missing = [NodeClasses, NodeSets].filter(({ kind }) => response.status === 404 || !served.includes(`"kind":"${kind}"`))
  if (missing.length === 0) return undefined
  return missingKindsText(missing)
}

const missingNamespace = async (client: Client, name: string, log: Log, signal: AbortSignal): Promise<string | undefined> => {
  const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
  try {
    if (await client.get(Namespaces, { name }, signal)) return undefined
    await client.create(Namespaces, namespace, { signal })
    log('info', `created namespace ${name}`)
    return undefined
  } catch (error) {
    if (isAlreadyExists(error)) return undefined
    if (!ApiError.is(error) || error.code !== 403) throw error
    // Not allowed to look: whether it is there, the Lease will show.
    if (error.message.startsWith('GET')) return undefined
    return `namespace ${name} is missing, and this identity may not create it: kubectl create namespace ${name}`
  }
}
