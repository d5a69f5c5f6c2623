import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Component, type ControlPlane, type Supervisor, startComponent } from '../control-plane/index.ts'
import { fileName, findTools } from '../tools/cache.mjs'

export interface CloudControllerManager {
  /** What it has logged so far. */
  log(): Promise<string>
  readonly component: Component
}

const name = 'cloud-controller-manager'
const rbac = 'rbac.authorization.k8s.io'

/** Starts one as the service account that real ones run as. Its cloud has these instances and no others. */
export const startCloudControllerManager = async (
  { kubectl, server, caPem, dir }: ControlPlane,
  supervisor: Supervisor,
  instances: readonly string[],
): Promise<CloudControllerManager> => {
  const objects = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: 'kube-system', name } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'story-cloud-controller-manager' },
      rules: [
        { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['get', 'list', 'watch', 'update', 'patch', 'delete'] },
        { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'story-cloud-controller-manager' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'story-cloud-controller-manager' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'kube-system', name }],
    },
  ]
  const run = async (args: readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await kubectl(args, input === undefined ? {} : { input })
    if (code !== 0) throw new Error(stderr)
    return stdout.trim()
  }
  await run(['apply', '-f', '-'], objects.map(object => JSON.stringify(object)).join('\n---\n'))
  const token = await run(['create', 'token', name, '-n', 'kube-system'])
  const file = (suffix: string): string => join(dir, `${name}.${suffix}`)
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster: { server, 'certificate-authority-data': Buffer.from(caPem).toString('base64') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: name } }],
    'current-context': 'e2e',
  }
  await writeFile(file('kubeconfig'), JSON.stringify(config), { mode: 0o600 })
  await writeFile(file('instances'), instances.map(instance => `${instance}\n`).join(''))
  const args = [
    '--cloud-provider=short-memory',
    `--cloud-config=${file('instances')}`,
    `--kubeconfig=${file('kubeconfig')}`,
    '--controllers=cloud-node-lifecycle-controller',
    '--node-monitor-period=200ms',
    '--leader-elect=false',
    '--secure-port=0',
    '--webhook-secure-port=0',
    '--v=2',
  ]
  const component = startComponent(supervisor, name, join(findTools([name]), fileName(name)), args, file('log'))
  return { component, log: () => readFile(file('log'), 'utf8') }
}
