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

/**
 * As whom a request is to be made, by `Impersonate-User` and its companions, with no group that was not said; undefined for the asker
 * himself.
 * @throws Failure 400 for companions alone.
 */
export const wantedUser = (headers: Readonly<Record<string, string>>): User | undefined => {
  const username = headers['impersonate-user'] ?? ''
  const uid = headers['impersonate-uid'] ?? ''
  const groups = splitHeader(headers['impersonate-group'])
  const extra = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('impersonate-extra-'))
      .map(([name, value]) => [decodeURIComponent(name.slice('impersonate-extra-'.length)).toLowerCase(), splitHeader(value)]),
  )
  const hasExtra = Object.keys(extra).length > 0
  if (username === '') {
    if (uid === '' && groups.length === 0 && !hasExtra) return undefined
    throw badRequest(`requested ${goUser(uid, groups, extra)} without impersonating a user name`)
  }
  return { username, groups, ...(uid === '' ? {} : { uid }), ...(hasExtra ? { extra } : {}) }
}

/** Go's print of a user without a name. */
const goUser = (uid: string, groups: readonly string[], extra: Readonly<Record<string, readonly string[]>>): string => {
  const list = (texts: readonly string[]): string => `{${texts.map(text => JSON.stringify(text)).join(', ')}}`
  const entries = Object.entries(extra).sort(([a], [b]) => (a < b ? -1 : 1))
  const map = entries.map(([key, values]) => `${JSON.stringify(key)}:[]string${list(values)}`).join(', ')
  return (
    `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:[]string${groups.length === 0 ? '(nil)' : list(groups)}, ` +
    `Extra:map[string][]string${entries.length === 0 ? '(nil)' : `{${map}}`}}`
  )
}

/** The service account that a name stands for. */
export const accountOf = (username: string): { readonly namespace: string; readonly name: string } | undefined => {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? []
  return namespace === undefined || name === undefined ? undefined : { namespace, name }
}

/** With the groups that come by themselves. `own`: those of a kind of user who has them whatever is said. */
export const completed = (wanted: User, own?: readonly string[]): User => {
  const account = accountOf(wanted.username)
  const ofAccount = account === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
  const groups = own ?? (wanted.groups.length === 0 ? ofAccount : wanted.groups)
  const everybody = wanted.username === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'
  const settled = groups.includes(everybody) || groups.includes('system:unauthenticated')
  return { ...wanted, groups: settled ? groups : [...groups, everybody] }
}

/** Repeated headers arrive as one, joined by commas. */
const splitHeader = (value: string | undefined): readonly string[] =>
  value === undefined
    ? []
    : value
        .split(',')
        .map(item => item.trim())
        .filter(item => item !== '')
