import { type BootstrapSpec, ConfigMaps, type KeyReference, type Parsed, type Problem, Secrets } from '../api/index.ts'
import { ApiError, type Client } from '../kube/index.ts'

/**
 * Reads what `spec.files` takes from Secrets and ConfigMaps, by path. Each object is read once.
 * Problems name the object and the key that are missing, and never show what is there.
 * @throws ApiError for a server that fails, TransportError when no answer came.
 */
export const readContents = async (
  client: Client,
  spec: BootstrapSpec,
  signal: AbortSignal,
): Promise<Parsed<ReadonlyMap<string, Uint8Array>>> => {
  const problems: Problem[] = []
  const contents = new Map<string, Uint8Array>()
  const objects = new Map<string, Found>()
  for (const [index, file] of (spec.files ?? []).entries()) {
    for (const kind of ['secretRef', 'configMapRef'] as const) {
      const reference = file[kind]
      if (reference === undefined) continue
      const where = `${kind === 'secretRef' ? 'Secret' : 'ConfigMap'} ${reference.namespace}/${reference.name}`
      const found = objects.get(where) ?? (await attempt(() => readers[kind](client, reference, signal)))
      objects.set(where, found)
      const bytes = found.entries?.get(reference.key)
      if (bytes !== undefined) contents.set(file.path, bytes)
      else problems.push({ path: `spec.bootstrap.files[${index}].${kind}`, message: whyNot(where, reference.key, found) })
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: contents }
}

type Entries = ReadonlyMap<string, Uint8Array>

interface Found {
  readonly entries: Entries | undefined
  /** In the API server's words, why it may not be read. */
  readonly forbidden?: string
}

const attempt = async (read: () => Promise<Entries | undefined>): Promise<Found> => {
  try {
    return { entries: await read() }
  } catch (error) {
    if (ApiError.is(error) && error.code === 403) return { entries: undefined, forbidden: error.message }
    throw error
  }
}

const whyNot = (where: string, key: string, { entries, forbidden }: Found): string => {
  if (forbidden !== undefined) return `${where} may not be read: ${forbidden}: let the controller get it`
  return `${entries === undefined ? `${where} does not exist` : `${where} has no entry ${key}`}: make it, or correct the reference`
}

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
