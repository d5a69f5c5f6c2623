import { badRequest } from '../status/index.ts'

/** Who asks. */
export interface User {
  readonly username: string
  readonly groups: readonly string[]
  readonly uid?: string
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Whoever comes without a name: like the administrator of kubeadm's kubeconfig. */
export const administrator: User = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }

/** The user that the request is made as: `Impersonate-User` and its companions win over the one who asks. */
export const userOf = (headers: Readonly<Record<string, string>>, asker: User): User => {
  const username = headers['impersonate-user']
  const groups = splitHeader(headers['impersonate-group'])
  const extra = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('impersonate-extra-'))
      .map(([name, value]) => [decodeURIComponent(name.slice('impersonate-extra-'.length)), splitHeader(value)]),
  )
  if (username === undefined) {
    if (groups.length > 0 || Object.keys(extra).length > 0) throw badRequest('requested [] without impersonating a user')
    return asker
  }
  const uid = headers['impersonate-uid']
  return {
    username,
    groups: [...new Set([...groups, ...serviceAccountGroups(username), 'system:authenticated'])],
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

const serviceAccountGroups = (username: string): readonly string[] => {
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(username) ?? []
  return namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
}

/** Repeated headers arrive as one, joined by commas. */
const splitHeader = (value: string | undefined): readonly string[] =>
  value === undefined
    ? []
    : value
        .split(',')
        .map(item => item.trim())
        .filter(item => item !== '')
