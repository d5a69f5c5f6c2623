import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Component, type ControlPlane, type Supervisor, commandLine, startComponent, writeAccount } from '../control-plane/index.ts'
import { fileName, findTools } from '../tools/cache.mjs'

export interface CloudControllerManager {
  /** What it has logged so far. */
  log(): Promise<string>
  readonly component: Component
  /** Its cloud has one instance more from now on: its providerID, and zone, region, type and address, where they are known. */
  add(...instance: readonly string[]): Promise<void>
}

const name = 'cloud-controller-manager'
const rbac = 'rbac.authorization.k8s.io'

/** Starts one as the service account that real ones run as. Its cloud has these instances at first. */
export const startCloudControllerManager = async (
  controlPlane: ControlPlane,
  supervisor: Supervisor,
  instances: readonly string[],
  controllers: readonly string[] = ['cloud-node-lifecycle-controller'],
): Promise<CloudControllerManager> => {
  const { kubectl, dir } = controlPlane
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
  await commandLine(kubectl)('apply -f -', ...objects)
  const kubeconfig = await writeAccount(controlPlane, 'kube-system', name)
  const file = (suffix: string): string => join(dir, `${name}.${suffix}`)
  await writeFile(file('instances'), instances.map(instance => `${instance}\n`).join(''))
  const args = [
    '--cloud-provider=short-memory',
    `--cloud-config=${file('instances')}`,
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(',')}`,
    '--node-monitor-period=200ms',
    '--leader-elect=false',
    '--secure-port=0',
    '--webhook-secure-port=0',
    '--v=2',
  ]
  const component = startComponent(supervisor, name, join(findTools([name]), fileName(name)), args, file('log'))
  return {
    component,
    log: () => readFile(file('log'), 'utf8'),
    add: (...instance) => appendFile(file('instances'), `${instance.join(' ')}\n`),
  }
}
