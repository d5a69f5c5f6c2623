import { createManager, fromKubeConfig, serveHealth, systemLog } from '@kube-node/core'
import { KubeConfig } from '@kubernetes/client-node'
import { widgetController } from './controller.ts'

const kubeConfig = new KubeConfig()
kubeConfig.loadFromDefault()
await using cluster = fromKubeConfig(kubeConfig)

const log = systemLog()
const manager = createManager({ cluster, log, leaderElection: { namespace: 'default', name: 'widget-controller' } })
manager.add(widgetController())

// The process is the host's: the manager listens to no signals, opens no ports and never exits.
await using _health = await serveHealth(manager, { port: 8080, log })
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
await manager.run({ signal: stop.signal })
