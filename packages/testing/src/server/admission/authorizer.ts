import type { Environment } from '@marcbachmann/cel-js'
import type { Attributes, Authorizer, Decision, ResourceAttributes } from '../authorization/index.ts'
import type { User } from '../request/index.ts'

type Ask = (asked: Attributes) => Decision

/** `authorizer` in expressions: asks what the one who makes the request may do. CEL tells values apart by their class. */
export class CelAuthorizer {
  readonly ask: Ask
  readonly requestResource: CelCheck
  readonly as: (user: User) => Ask

  constructor(authorize: Authorizer, user: User, request: ResourceAttributes) {
    this.as = other => asked => authorize(other, asked)
    this.ask = this.as(user)
    this.requestResource = new CelCheck(this.ask, request)
  }
}

class CelAccount {
  readonly ask: Ask
  constructor(ask: Ask) {
    this.ask = ask
  }
}

class CelPath {
  readonly ask: Ask
  readonly path: string
  constructor(ask: Ask, path: string) {
    this.ask = ask
    this.path = path
  }
}

class CelGroup {
  readonly ask: Ask
  readonly group: string
  constructor(ask: Ask, group: string) {
    this.ask = ask
    this.group = group
  }
}

class CelCheck {
  readonly ask: Ask
  readonly about: ResourceAttributes
  constructor(ask: Ask, about: ResourceAttributes) {
    this.ask = ask
    this.about = about
  }
  with(part: Partial<ResourceAttributes>): CelCheck {
    return new CelCheck(this.ask, { ...this.about, ...part })
  }
}

class CelDecision {
  readonly decision: Decision
  constructor(decision: Decision) {
    this.decision = decision
  }
}

const prefix = 'kubernetes.authorization'
export const authorizerType: string = `${prefix}.Authorizer`
const names = {
  account: `${prefix}.ServiceAccount`,
  path: `${prefix}.PathCheck`,
  group: `${prefix}.GroupCheck`,
  check: `${prefix}.ResourceCheck`,
  decision: `${prefix}.Decision`,
} as const

const nothing: ResourceAttributes = { verb: '', group: '', resource: '', subresource: '', namespace: '', name: '' }

/** `authorizer.group('').resource('nodes').name('a').check('get').allowed()` and the rest of Kubernetes' functions for it. */
export const registerAuthorizer = (env: Environment): void => {
  env.registerType(names.decision, CelDecision)
  env.registerType(names.check, CelCheck)
  env.registerType(names.group, CelGroup)
  env.registerType(names.path, CelPath)
  env.registerType(names.account, CelAccount)
  env.registerType(authorizerType, { ctor: CelAuthorizer, fields: { requestResource: names.check } })
  for (const owner of [authorizerType, names.account]) {
    env.registerFunction(`${owner}.group(string): ${names.group}`, (a: CelAccount, group: string) => new CelGroup(a.ask, group))
    env.registerFunction(`${owner}.path(string): ${names.path}`, (a: CelAccount, path: string) => new CelPath(a.ask, path))
  }
  env.registerFunction(
    `${authorizerType}.serviceAccount(string, string): ${names.account}`,
    (a: CelAuthorizer, namespace: string, name: string) =>
      new CelAccount(
        a.as({
          username: `system:serviceaccount:${namespace}:${name}`,
          groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
        }),
      ),
  )
  env.registerFunction(
    `${names.group}.resource(string): ${names.check}`,
    (g: CelGroup, resource: string) => new CelCheck(g.ask, { ...nothing, group: g.group, resource }),
  )
  for (const part of ['subresource', 'namespace', 'name'] as const)
    env.registerFunction(`${names.check}.${part}(string): ${names.check}`, (c: CelCheck, value: string) => c.with({ [part]: value }))
  env.registerFunction(
    `${names.check}.check(string): ${names.decision}`,
    (c: CelCheck, verb: string) => new CelDecision(c.ask({ ...c.about, verb })),
  )
  env.registerFunction(
    `${names.path}.check(string): ${names.decision}`,
    ({ ask, path }: CelPath, verb: string) => new CelDecision(ask({ path, verb })),
  )
  env.registerFunction(`${names.decision}.allowed(): bool`, (d: CelDecision) => d.decision.allowed)
  env.registerFunction(`${names.decision}.reason(): string`, (d: CelDecision) => d.decision.reason)
  env.registerFunction(`${names.decision}.errored(): bool`, () => false)
  env.registerFunction(`${names.decision}.error(): string`, () => '')
}
