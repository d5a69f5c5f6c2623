import { type BootstrapSpec, ConfigMaps, type KeyReference, type Parsed, type Problem, Secrets } from '../api/index.ts'
import type { Client } from '../kube/index.ts'

/**
 * Reads what `spec.files` takes from Secrets and ConfigMaps, by path. Each object is read once.
 * Problems name the object and the key that are missing, and never show what is there.
 * @throws ApiError when reading is not allowed, TransportError when no answer came.
 */
export const readContents = async (
  client: Client,
  spec: BootstrapSpec,
  signal: AbortSignal,
): Promise<Parsed<ReadonlyMap<string, Uint8Array>>> => {
  const problems: Problem[] = []
  const contents = new Map<string, Uint8Array>()
  const objects = new Map<string, Entries | undefined>()
  for (const [index, file] of (spec.files ?? []).entries()) {
    for (const kind of ['secretRef', 'configMapRef'] as const) {
      const reference = file[kind]
      if (reference === undefined) continue
      const where = `${kind === 'secretRef' ? 'Secret' : 'ConfigMap'} ${reference.namespace}/${reference.name}`
      if (!objects.has(where)) objects.set(where, await readers[kind](client, reference, signal))
      const entries = objects.get(where)
      const bytes = entries?.get(reference.key)
      if (bytes !== undefined) contents.set(file.path, bytes)
      else {
        const message = entries === undefined ? `${where} does not exist` : `${where} has no entry ${reference.key}`
        problems.push({ path: `spec.bootstrap.files[${index}].${kind}`, message: `${message}: make it, or correct the reference` })
      }
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: contents }
}

type Entries = ReadonlyMap<string, Uint8Array>

const readers = {
  async secretRef(client: Client, reference: KeyReference, signal: AbortSignal): Promise<Entries | undefined> {
    const secret = await client.get(Secrets, { namespace: reference.namespace, name: reference.name }, signal)
    return secret && new Map(decoded(secret.data))
  },
  async configMapRef(client: Client, reference: KeyReference, signal: AbortSignal): Promise<Entries | undefined> {
    const map = await client.get(ConfigMaps, { namespace: reference.namespace, name: reference.name }, signal)
    if (!map) return undefined
    const texts = Object.entries(map.data ?? {}).map(([key, value]): [string, Uint8Array] => [key, Buffer.from(value)])
    return new Map([...texts, ...decoded(map.binaryData)])
  },
}

const decoded = (data: Readonly<Record<string, string>> | undefined): readonly [string, Uint8Array][] =>
  Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')])
