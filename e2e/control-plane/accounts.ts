import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ControlPlane } from './control-plane.ts'
import { commandLine } from './kubectl.ts'
import { kubeconfigOf } from './users.ts'

/** What a service account is called by RBAC, policies and audit logs. */
export const accountName = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`

/**
 * Path of a kubeconfig file for a service account that exists, with a token for an hour, as its pods have one.
 * @throws Error with kubectl's words.
 */
export async function writeAccount({ kubectl, server, caPem, dir }: ControlPlane, namespace: string, name: string): Promise<string> {
  const token = (await commandLine(kubectl)(['create', 'token', name, '-n', namespace])).trim()
  const file = join(dir, `${namespace}-${name}.kubeconfig`)
  await writeFile(file, kubeconfigOf({ name, token }, server, caPem), { mode: 0o600 })
  return file
}
