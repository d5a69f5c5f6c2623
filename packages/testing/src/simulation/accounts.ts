import { Secrets } from '@kube-node/core/api'
import { type Client, isNotFound } from '@kube-node/core/kube'
import { accountsOf, secretName, secretWith, systemNamespace } from './estate.ts'
import type { Truth } from './truth.ts'
import type { World } from './world.ts'

/** Which account of the cloud the credentials of the class open. */
export interface Accounts {
  /** Undefined while they open none. */
  readonly opened: string | undefined
  /** Milliseconds for which it has been so. */
  readonly forMs: number
}

const key = `${systemNamespace}/${secretName}`

export const followAccounts = (world: World, truth: Truth): Accounts => {
  let opened: string | undefined
  let since = world.now
  truth.secrets.on(() => {
    const token = Buffer.from(truth.secrets.all.get(key)?.data?.['token'] ?? '', 'base64').toString('utf8')
    const now = accountsOf[token]
    if (now === opened) return
    opened = now
    since = world.now
  })
  return {
    get opened() {
      return opened
    },
    get forMs() {
      return world.now - since
    },
  }
}

/** A person writes them; into a Secret of another UID where the old one is gone. */
export const writeCredentials = async (client: Client, token: string): Promise<void> => {
  const { data = {}, ...rest } = secretWith(token)
  try {
    await client.patch(Secrets, { namespace: systemNamespace, name: secretName }, { merge: { data } })
  } catch (error) {
    if (!isNotFound(error)) throw error
    await client.create(Secrets, { ...rest, data })
  }
}
