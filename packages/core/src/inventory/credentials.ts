import { type SecretReference, Secrets } from '../api/index.ts'
import type { Client } from '../kube/index.ts'
import { type Provider, ProviderError } from '../provider/index.ts'
import { check } from './schema.ts'

/** A Secret's content as its provider's schema reads it. Lives in memory only, as long as the connection. */
export interface Credentials {
  readonly value: unknown
  /** Every text in it, to be struck out of messages. */
  readonly secrets: readonly string[]
  /** Changes when the Secret does. */
  readonly version: string
}

/** @throws ProviderError `Unauthorized` that says which Secret is missing or what it lacks, and never what it holds. */
export const readCredentials = async (
  client: Client,
  provider: Provider,
  reference: SecretReference | undefined,
  signal: AbortSignal,
): Promise<Credentials> => {
  const schema = provider.definition.credentials
  if (!reference) {
    const checked = schema ? check(schema, {}) : { value: undefined }
    if (checked.problem !== undefined) {
      throw new ProviderError('Unauthorized', `provider ${provider.name} needs credentials: name a Secret in the class's spec.secretRef`, {
        outcome: 'none',
      })
    }
    return { value: checked.value, secrets: [], version: '' }
  }
  const where = `Secret ${reference.namespace}/${reference.name}`
  const secret = await client.get(Secrets, { namespace: reference.namespace, name: reference.name }, signal)
  if (!secret)
    throw new ProviderError('Unauthorized', `${where} does not exist: create it, or correct the class's spec.secretRef`, {
      outcome: 'none',
    })
  const entries = Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  )
  const version = `${secret.metadata?.uid ?? ''}/${secret.metadata?.resourceVersion ?? ''}`
  const secrets = Object.values(entries)
  if (!schema) return { value: entries, secrets, version }
  const checked = check(schema, entries)
  if (checked.problem !== undefined) {
    const message = secrets.filter(text => text !== '').reduce((text, value) => text.replaceAll(value, '[redacted]'), checked.problem)
    throw new ProviderError('Unauthorized', `${where} does not fit provider ${provider.name}: ${message}`, { outcome: 'none' })
  }
  return { value: checked.value, secrets, version }
}
