import { join } from 'node:path'
import { type Component, type ControlPlane, type Supervisor, commandLine, startComponent } from '../control-plane/index.ts'
import { command } from './kubeNode.ts'

/** Processes of `kube-node run` that may be killed, one after the other or side by side. */
export interface Controllers {
  /** The one that was started last. @throws Error when none was. */
  readonly last: Component
  start(): Component
  /** Starts the next one without the 15 s for which the lease of one that was killed would bind. */
  succeed(): Promise<Component>
}

export interface ControllersOptions {
  /** As whom they speak with the API server. Default: the user of that name, who may do what the manifests grant. */
  readonly kubeconfig?: string
  /** Of its module. */
  readonly provider: string
  readonly env: Readonly<Record<string, string>>
  /** More options of `kube-node run`. */
  readonly flags?: readonly string[]
}

export const controllers = (
  supervisor: Supervisor,
  { dir, users, kubectl }: ControlPlane,
  { kubeconfig = users.controller.kubeconfig, provider, env, flags = [] }: ControllersOptions,
): Controllers => {
  const all: Component[] = []
  const start = (): Component => {
    const name = `controller-${all.length + 1}`
    const args = [command, 'run', '--provider', provider, '--kubeconfig', kubeconfig, '--log-level', 'debug', ...flags]
    const started = startComponent(supervisor, name, process.execPath, args, join(dir, `${name}.log`), {
      ...process.env,
      POD_NAME: name,
      ...env,
    })
    all.push(started)
    return started
  }
  return {
    get last() {
      const last = all.at(-1)
      if (!last) throw new Error('no controller was started')
      return last
    },
    start,
    async succeed() {
      await commandLine(kubectl)('-n kube-node-system delete lease kube-node --ignore-not-found')
      return start()
    },
  }
}
