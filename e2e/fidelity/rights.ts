import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './client.ts'
import { isFields } from './memory.ts'
import type { Side } from './run.ts'
import type { Step } from './script.ts'

const kinds: ReadonlySet<string> = new Set(['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'])

/** Does the step write (or read) who may do what? */
export const isRights = ({ resource }: Pick<Step, 'resource'>): boolean => kinds.has(resource)

const root = '/apis/rbac.authorization.k8s.io/v1'
const headers = { 'content-type': 'application/json' }

/**
 * kube-apiserver judges by what it has seen of roles and bindings, each kind on its own way, a moment after they are written. So a
 * mark of each kind is written last, and waited for until it counts.
 */
export const rightsKnown = async ({ cached, client }: Side, id: string, count: number): Promise<void> => {
  if (!cached) return
  const name = `${id}-seen-${count}`
  const rules = [{ apiGroups: ['marks.fidelity.example.test'], resources: ['marks'], verbs: ['see'] }]
  const write = (path: string, kind: string, rest: Readonly<Record<string, unknown>>): Promise<unknown> =>
    client.ask({
      method: 'POST',
      path: `${root}${path}`,
      headers,
      body: JSON.stringify({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name }, ...rest }),
    })
  const bound = (kind: string): Readonly<Record<string, unknown>> => ({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `${name}-${kind}` }],
  })
  const namespace = `${id}-x`
  await Promise.all([
    write('/clusterroles', 'ClusterRole', { rules }),
    write('/clusterrolebindings', 'ClusterRoleBinding', bound('ClusterRole')),
    write(`/namespaces/${namespace}/roles`, 'Role', { rules }),
    write(`/namespaces/${namespace}/rolebindings`, 'RoleBinding', bound('Role')),
  ])
  for (const kind of ['ClusterRole', 'Role']) {
    for (let waited = 0; !(await allowed(client, `${name}-${kind}`, namespace)); waited += 5) {
      if (waited > 10_000) throw new Error(`${name} does not count as a ${kind}`)
      await sleep(5)
    }
  }
}

const allowed = async (client: Client, user: string, namespace: string): Promise<boolean> => {
  const resourceAttributes = { group: 'marks.fidelity.example.test', resource: 'marks', verb: 'see', namespace }
  const { body } = await client.ask({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    headers,
    body: JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, resourceAttributes } }),
  })
  return isFields(body) && isFields(body['status']) && body['status']['allowed'] === true
}
