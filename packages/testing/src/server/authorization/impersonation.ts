import { type User, accountOf, completed } from '../request/index.ts'
import type { Failure } from '../status/index.ts'
import { type Attributes, type Authorizer, type ResourceAttributes } from './attributes.ts'
import { refusal } from './refusal.ts'

/** The ways to be allowed to act as somebody, in the order in which they are tried. */
const modes = ['arbitrary-node', 'serviceaccount', 'user-info', 'legacy'] as const
type Mode = (typeof modes)[number]

export interface Impersonation {
  /**
   * `wanted` as the user that the request is made as, when `asker` may act as him in `asked`.
   * @throws Failure 403
   */
  actAs(asker: User, wanted: User, asked: Attributes): User
}

/**
 * Kubernetes 1.37 knows, beside the old verb `impersonate`, rights to act as somebody in some requests only: one for the user
 * (`impersonate:user-info`) and one for what is done in his name (`impersonate-on:user-info:get`). Whoever has succeeded in one way is
 * tried in that way first from then on, and a refusal tells of the first way that was tried.
 */
export const createImpersonation = (authorize: Authorizer): Impersonation => {
  const last = new Map<string, Mode>()
  return {
    actAs: (asker, wanted, asked) => {
      const known = last.get(asker.username)
      let first: Failure | undefined
      for (const mode of known === undefined ? modes : [known, ...modes.filter(each => each !== known)]) {
        if (!isFor(mode, wanted)) continue
        const refused = problem(authorize, mode, asker, wanted, asked)
        if (refused === undefined) {
          last.set(asker.username, mode)
          return completed(wanted, mode === 'arbitrary-node' ? ['system:nodes'] : undefined)
        }
        first ??= refused
      }
      throw first ?? refusal(asker, { ...legacy, resource: 'users', name: wanted.username }, '')
    },
  }
}

const nodeOf = (username: string): string | undefined => /^system:node:([a-z0-9]([-a-z0-9.]*[a-z0-9])?)$/.exec(username)?.[1]

const isFor = (mode: Mode, { extra, groups, uid, username }: User): boolean => {
  const nameAlone = extra === undefined && groups.length === 0 && uid === undefined
  switch (mode) {
    case 'arbitrary-node':
      return nameAlone && nodeOf(username) !== undefined
    case 'serviceaccount':
      return nameAlone && accountOf(username) !== undefined
    case 'user-info':
      return nodeOf(username) === undefined && accountOf(username) === undefined
    case 'legacy':
      return true
  }
}

const authentication = 'authentication.k8s.io'
const legacy = { verb: 'impersonate', group: '', subresource: '', namespace: '', name: '' } as const

const problem = (authorize: Authorizer, mode: Mode, asker: User, wanted: User, asked: Attributes): Failure | undefined => {
  const constrained = mode !== 'legacy'
  const check = (attributes: Attributes): Failure | undefined => {
    const { allowed, reason } = authorize(asker, attributes)
    return allowed ? undefined : refusal(asker, attributes, reason)
  }
  const onRequest = constrained ? check({ ...asked, verb: `impersonate-on:${mode}:${asked.verb}` }) : undefined
  if (onRequest !== undefined) return onRequest
  const base = constrained ? { ...legacy, verb: `impersonate:${mode}`, group: authentication } : legacy
  for (const attributes of wantedAttributes(base, constrained, wanted)) {
    if (constrained && attributes.resource === 'groups' && attributes.name === 'system:masters')
      return refusal(asker, attributes, 'impersonating the system:masters group is not allowed')
    const refused = check(attributes)
    if (refused !== undefined) return refused
  }
  return undefined
}

type Base = Omit<ResourceAttributes, 'resource'>

/** What has to be allowed of the user: his name, his uid, each group, each value. */
const wantedAttributes = (base: Base, constrained: boolean, wanted: User): readonly ResourceAttributes[] => {
  const { extra = {}, groups, uid, username } = wanted
  const account = accountOf(username)
  const node = constrained ? nodeOf(username) : undefined
  const ofAuthentication = { ...base, group: authentication }
  return [
    account !== undefined
      ? { ...base, resource: 'serviceaccounts', ...account }
      : node !== undefined
        ? { ...base, resource: 'nodes', name: node }
        : { ...base, resource: 'users', name: username },
    ...(uid === undefined ? [] : [{ ...ofAuthentication, resource: 'uids', name: uid }]),
    ...groups.map(name => ({ ...base, resource: 'groups', name })),
    ...Object.entries(extra).flatMap(([subresource, values]) =>
      values.map(name => ({ ...ofAuthentication, resource: 'userextras', subresource, name })),
    ),
  ]
}
