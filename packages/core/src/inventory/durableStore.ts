import { createHash } from 'node:crypto'
import { type Secret, Secrets, finalizers } from '../api/index.ts'
import { type Client, isAlreadyExists, isConflict } from '../kube/index.ts'
import { type DurableStore, ProviderError } from '../provider/index.ts'

const labelStore = 'kube-node.dev/store'
const annotationKey = 'kube-node.dev/store-key'
const annotationClaim = 'kube-node.dev/store-claim'

export interface DurableStoreOptions {
  readonly client: Client
  readonly namespace: string
  /** Names the connection; entries of one are invisible to others. */
  readonly scope: string
}

/**
 * A provider's durable bytes, one Secret an entry. The API server's optimistic locking is the compare-and-swap. Our
 * finalizer keeps an entry when somebody deletes its Secret by hand: what is needed to delete a machine outlives it.
 */
export const createDurableStore = ({ client, namespace, scope }: DurableStoreOptions): DurableStore => {
  const scopeHash = hash(scope)
  const nameFor = (key: string): string => `kube-node-store-${hash(`${scope}\n${key}`)}`
  const read = (key: string, signal: AbortSignal): Promise<Secret | undefined> =>
    client.get(Secrets, { namespace, name: nameFor(key) }, signal)
  const content = (key: string, bytes: Uint8Array, claim: string | undefined): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      namespace,
      name: nameFor(key),
      labels: { [labelStore]: scopeHash },
      annotations: { [annotationKey]: key, ...(claim === undefined ? {} : { [annotationClaim]: claim }) },
      finalizers: [finalizers.machine],
    },
    data: { bytes: Buffer.from(bytes).toString('base64') },
  })

  return {
    async get(key, call) {
      const secret = await read(key, call.signal)
      const version = secret?.metadata?.resourceVersion
      if (!secret || version === undefined) return undefined
      return { bytes: Buffer.from(secret.data?.['bytes'] ?? '', 'base64'), version }
    },
    async put(key, bytes, { version, claim }, call) {
      const secret = content(key, bytes, claim)
      try {
        const written = await (version === 'absent'
          ? client.create(Secrets, secret, { signal: call.signal })
          : client.update(Secrets, { ...secret, metadata: { ...secret.metadata, resourceVersion: version } }, { signal: call.signal }))
        return written.metadata?.resourceVersion ?? ''
      } catch (error) {
        if (isConflict(error) || isAlreadyExists(error)) throw changed(key, error)
        throw error
      }
    },
    async *keys(call) {
      const labels = `${labelStore}=${scopeHash}`
      for await (const page of client.pages(Secrets, { namespace, labels, signal: call.signal })) {
        for (const secret of page) yield secret.metadata?.annotations?.[annotationKey] ?? ''
      }
    },
    async remove(key, { version }, call) {
      const secret = await read(key, call.signal)
      if (!secret) return
      const uid = secret.metadata?.uid ?? ''
      if (secret.metadata?.resourceVersion !== version) throw changed(key)
      try {
        const open = await client.patch(
          Secrets,
          { namespace, name: nameFor(key) },
          { merge: { metadata: { finalizers: null } } },
          { on: { uid, resourceVersion: version }, signal: call.signal },
        )
        await client.delete(
          Secrets,
          { namespace, name: nameFor(key) },
          { uid, resourceVersion: open.metadata?.resourceVersion ?? '', signal: call.signal },
        )
      } catch (error) {
        if (isConflict(error)) throw changed(key, error)
        throw error
      }
    },
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 20)

const changed = (key: string, cause?: unknown): ProviderError =>
  new ProviderError('Busy', `store entry ${key} was written by somebody else: read it again`, { cause })
