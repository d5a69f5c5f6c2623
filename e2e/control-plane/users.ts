import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The people and programs of the stories: `admin` may do everything; the others have no rights but those that a test gives them
 * by RBAC, under the user name that is the key here.
 */
export type UserName = 'admin' | 'controller' | 'developer' | 'stranger'

export interface User {
  /** What RBAC subjects of kind User call them. */
  readonly name: string
  readonly groups: readonly string[]
  readonly token: string
  /** Path of a kubeconfig file for this user. */
  readonly kubeconfig: string
}

/** Identities that Kubernetes' own components have in a kubeadm cluster. */
export type ComponentUserName = 'system:kube-controller-manager' | 'system:kube-scheduler'

/** In the form of `--token-auth-file`: token, user name, uid, groups. */
function tokenLine(user: User): string {
  return `${user.token},${user.name},${user.name},"${user.groups.join(',')}"\n`
}

/** The text of a kubeconfig file for who shows that token. */
export function kubeconfigOf(user: Pick<User, 'name' | 'token'>, server: string, caPem: string): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server, 'certificate-authority-data': Buffer.from(caPem).toString('base64') } }],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: user.name, namespace: 'default' } }],
    'current-context': 'e2e',
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

export interface Users {
  readonly people: Readonly<Record<UserName, User>>
  readonly components: Readonly<Record<ComponentUserName, User>>
  /** Path for the API server's `--token-auth-file`. */
  readonly tokenFile: string
}

/** Writes the token file and a kubeconfig file for everybody into `dir`, which must exist. */
export async function writeUsers(dir: string, server: string, caPem: string): Promise<Users> {
  const user = (name: string, groups: readonly string[] = []): User => ({
    name,
    groups,
    token: randomBytes(16).toString('hex'),
    kubeconfig: join(dir, `${name.replace('system:', '')}.kubeconfig`),
  })
  const people = {
    admin: user('admin', ['system:masters']),
    controller: user('controller'),
    developer: user('developer'),
    stranger: user('stranger'),
  }
  const components = {
    'system:kube-controller-manager': user('system:kube-controller-manager'),
    'system:kube-scheduler': user('system:kube-scheduler'),
  }
  const everybody = [...Object.values(people), ...Object.values(components)]
  const tokenFile = join(dir, 'tokens.csv')
  await writeFile(tokenFile, everybody.map(tokenLine).join(''), { mode: 0o600 })
  for (const each of everybody) await writeFile(each.kubeconfig, kubeconfigOf(each, server, caPem), { mode: 0o600 })
  return { people, components, tokenFile }
}
