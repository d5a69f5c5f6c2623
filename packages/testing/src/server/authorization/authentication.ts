import type { Clock } from '@kube-node/core/runtime'
import { type StoredObject, textAt } from '../objects/index.ts'
import { type User, administrator } from '../request/index.ts'
import { Failure } from '../status/index.ts'
import type { Storage } from '../storage/index.ts'

/** A user of the token table. */
export interface TokenUser {
  readonly username: string
  /** Beside `system:authenticated`. Default: none. */
  readonly groups?: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

export interface AuthenticationOptions {
  readonly storage: Storage
  readonly clock: Clock
  /** Absent: whoever comes is the administrator. */
  readonly tokens: Readonly<Record<string, string | TokenUser>> | undefined
  /** What becomes of those without a token. */
  readonly anonymous: 'allow' | 'refuse'
}

export interface Authentication {
  /** @throws Failure 401 */
  userOf(headers: Readonly<Record<string, string>>): User
  /** Undefined: nobody has this token. */
  ofToken(token: string): User | undefined
}

const anonymousUser: User = { username: 'system:anonymous', groups: ['system:unauthenticated'] }
const unauthorized = (): Failure => new Failure(401, 'Unauthorized', 'Unauthorized')

/** Bearer tokens: those of the table, and bootstrap tokens as they are stored in kube-system. */
export const authentication = ({ anonymous, clock, storage, tokens }: AuthenticationOptions): Authentication => {
  const ofTable = (token: string): User | undefined => {
    if (tokens === undefined || !Object.hasOwn(tokens, token)) return undefined
    const entry = tokens[token]
    if (entry === undefined) return undefined
    const { groups = [], ...user } = typeof entry === 'string' ? { username: entry } : entry
    return { ...user, groups: [...new Set([...groups, 'system:authenticated'])] }
  }
  const ofToken = (token: string): User | undefined => ofTable(token) ?? ofBootstrapToken(storage, clock.now(), token)
  return {
    ofToken,
    userOf: headers => {
      if (tokens === undefined) return administrator
      const [, token] = /^bearer +(\S+)$/i.exec(headers['authorization'] ?? '') ?? []
      if (token !== undefined) {
        const user = ofToken(token)
        if (user === undefined) throw unauthorized()
        return user
      }
      if (anonymous === 'refuse') throw unauthorized()
      return anonymousUser
    },
  }
}

const ofBootstrapToken = (storage: Storage, now: number, token: string): User | undefined => {
  const [, id = '', secret] = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(token) ?? []
  const stored = storage.get({ group: '', plural: 'secrets' }, 'kube-system', `bootstrap-token-${id}`)
  if (secret === undefined || stored === undefined || textAt(stored, 'type') !== 'bootstrap.kubernetes.io/token') return undefined
  const field = (name: string): string => dataOf(stored, name)
  if (field('token-id') !== id || field('token-secret') !== secret || field('usage-bootstrap-authentication') !== 'true') return undefined
  const expires = field('expiration')
  // A time that cannot be read has passed.
  if (expires !== '' && !(Date.parse(expires) > now)) return undefined
  const groups = field('auth-extra-groups')
    .split(',')
    .map(group => group.trim())
    .filter(group => group !== '')
  return { username: `system:bootstrap:${id}`, groups: ['system:bootstrappers', ...groups, 'system:authenticated'] }
}

const dataOf = (secret: StoredObject, name: string): string => Buffer.from(textAt(secret, 'data', name), 'base64').toString('utf8')
