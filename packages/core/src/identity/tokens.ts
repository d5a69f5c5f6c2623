import { Secrets } from '../api/index.ts'
import { type Client, type Json, type Key, isAlreadyExists, isConflict, isNotFound, listAll } from '../kube/index.ts'
import {
  type BootstrapToken,
  type NewToken,
  type TokenOwner,
  annotationApprovedKey,
  expirationData,
  isOwnedBy,
  secretOf,
  tokenIn,
  tokenLabel,
  tokenNamespace,
  tokenSecretName,
} from './token.ts'

/**
 * What there is of a token. `absent`: no Secret of that name, or one that is on its way out and that nobody can show any more.
 * `foreign`: the name belongs to another attempt, another claim or somebody else, or what makes it a token was taken out of it.
 */
export type Found =
  | { readonly kind: 'found'; readonly token: BootstrapToken }
  | { readonly kind: 'absent'; readonly token?: undefined }
  | { readonly kind: 'foreign'; readonly token?: undefined }

export type Created =
  /** It was made now. */
  | { readonly kind: 'made'; readonly token: BootstrapToken }
  /** This very attempt made it before: its secret, document and expiry are the ones to use, not those that were given. */
  | { readonly kind: 'found'; readonly token: BootstrapToken }
  /** The id belongs to somebody else: choose another, which takes another attempt. Nothing of that Secret was touched. */
  | { readonly kind: 'taken'; readonly token?: undefined }
  /** It was there, and is gone or on its way out: what it said is lost, so that no request of this attempt can be repeated. */
  | { readonly kind: 'lost'; readonly token?: undefined }

const keyOf = (id: string): Key => ({ namespace: tokenNamespace, name: tokenSecretName(id) })

/**
 * Makes the token of an attempt, or answers the one that this attempt has made.
 *
 * Dies before: the id stands in the record, no Secret has it; the next life makes it. In the middle, after, or with the answer
 * lost: the Secret is there with secret and document of the dead life, and the next call answers these; so that what is
 * sent to a provider is fixed once it may have been sent.
 * @throws ApiError, TransportError. Both are safe to answer with another call.
 */
export const createToken = async (client: Client, wanted: NewToken, signal?: AbortSignal): Promise<Created> => {
  try {
    const token = tokenIn(await client.create(Secrets, secretOf(wanted), options(signal)))
    if (token === undefined) throw new TypeError(`the API server did not keep bootstrap token ${wanted.id} as it was written`)
    return { kind: 'made', token }
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
  const found = await readToken(client, wanted.id, wanted, signal)
  if (found.kind === 'found') return found
  return { kind: found.kind === 'foreign' ? 'taken' : 'lost' }
}

/** A quorum read: what it answers was true after the call began. Changes nothing. */
export const readToken = async (client: Client, id: string, owner: TokenOwner, signal?: AbortSignal): Promise<Found> => {
  const secret = await client.get(Secrets, keyOf(id), signal)
  if (secret === undefined) return { kind: 'absent' }
  const token = tokenIn(secret)
  if (token === undefined || !isOwnedBy(token, owner)) return { kind: 'foreign' }
  return token.isDeleting ? { kind: 'absent' } : { kind: 'found', token }
}

/** The token of ours with that id, whoever it was made for; also one that is on its way out. A quorum read. */
export const tokenWithId = async (client: Client, id: string, signal?: AbortSignal): Promise<BootstrapToken | undefined> => {
  const secret = await client.get(Secrets, keyOf(id), signal)
  return secret && tokenIn(secret)
}

/**
 * Makes it live longer; undefined when it is gone. Never shorter: then nothing is written.
 *
 * Dies before: the next life finds the old expiry and extends. In the middle, after, or with the answer lost: the next life
 * finds the new one, or extends again. kube-controller-manager's tokencleaner deletes a token that has expired whatever was
 * written since it looked: extend well before.
 * @throws ApiError Conflict when the Secret is not as it was read, for instance because a key was noted on it: read it again.
 */
export const extendToken = async (
  client: Client,
  token: BootstrapToken,
  expiresAt: number,
  signal?: AbortSignal,
): Promise<BootstrapToken | undefined> => {
  if (expiresAt <= token.expiresAt) return token
  return change(client, token, { data: { expiration: expirationData(expiresAt) } }, signal)
}

/**
 * Binds the token to one public key (SHA-256 in hex), before a request with that key is approved; undefined when it is gone.
 *
 * Dies before: any key may still come first. In the middle, after, or with the answer lost: the key is noted and its request
 * waits; it passes the next time that somebody looks, and a request with another key never does.
 * @throws ApiError Conflict when the Secret is not as it was read: judge again.
 */
export const bindKey = async (
  client: Client,
  token: BootstrapToken,
  key: string,
  signal?: AbortSignal,
): Promise<BootstrapToken | undefined> =>
  token.approvedKey === key ? token : change(client, token, { metadata: { annotations: { [annotationApprovedKey]: key } } }, signal)

/**
 * Deletes the token of that owner: `gone` when it is no longer there afterwards, also when it was not before. `foreign`: there is a
 * Secret of that name which is not that owner's, and it stays.
 *
 * Dies before: it is still there, and expires by itself at the latest. In the middle, after, or with the answer lost: the next
 * call finds nothing and says so.
 * @throws ApiError, TransportError. Both are safe to answer with another call.
 */
export const dropToken = async (client: Client, id: string, owner: TokenOwner, signal?: AbortSignal): Promise<'gone' | 'foreign'> => {
  const secret = await client.get(Secrets, keyOf(id), signal)
  if (secret === undefined) return 'gone'
  const token = tokenIn(secret)
  if (token === undefined || !isOwnedBy(token, owner)) return 'foreign'
  await removeToken(client, token, signal)
  return 'gone'
}

/**
 * Every token of ours that there is, whoever it was made for. A quorum read.
 * @throws ApiError, TransportError.
 */
export const allTokens = async (client: Client, signal?: AbortSignal): Promise<readonly BootstrapToken[]> => {
  const secrets = await listAll(client, Secrets, { namespace: tokenNamespace, labels: tokenLabel, ...options(signal) })
  return secrets.map(tokenIn).filter(token => token !== undefined)
}

/**
 * Deletes that very Secret, and no other that has its name by now.
 * @throws ApiError, TransportError. Both are safe to answer with another call.
 */
export const removeToken = async (client: Client, { id, uid }: BootstrapToken, signal?: AbortSignal): Promise<void> => {
  try {
    await client.delete(Secrets, keyOf(id), { uid, ...options(signal) })
  } catch (error) {
    // Another Secret has the name: the one that was read is gone.
    if (!isConflict(error)) throw error
  }
}

const change = async (
  client: Client,
  token: BootstrapToken,
  merge: Json,
  signal: AbortSignal | undefined,
): Promise<BootstrapToken | undefined> => {
  const on = { uid: token.uid, resourceVersion: token.resourceVersion }
  try {
    const changed = tokenIn(await client.patch(Secrets, keyOf(token.id), { merge }, { on, ...options(signal) }))
    return changed?.isDeleting === false ? changed : undefined
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const options = (signal: AbortSignal | undefined): { readonly signal?: AbortSignal } => (signal === undefined ? {} : { signal })
