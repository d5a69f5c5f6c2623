import { defaultNamespace } from '@kube-node/core/manifests'
import { expect } from 'vitest'
import { type Node, Nodes, annotations } from '@kube-node/core/api'
import { eventually } from '../main-job/eventually.ts'
import type { Host } from './host.ts'
import { cleaned } from './manifests.ts'
import type { World } from './world.ts'

/** A claim's Node, when it has come so far. */
export const running = (world: World, name: string, signal: AbortSignal): Promise<Node> =>
  eventually({ signal }, async () => {
    const node = await world.client.get(Nodes, { name })
    expect(node?.metadata?.annotations?.[annotations.phase]).toBe('Running')
    return node ?? {}
  })

/** Whose each host says that it is: the uid of a claim, or nobody's. */
export const marks = ({ hosts }: World): Promise<(string | undefined)[]> =>
  Promise.all(
    hosts.map(async ({ machine }) => (await machine.run('cat /var/lib/kube-node/owner 2>/dev/null || true')).trim().split(' ')[1]),
  )

/** The host that serves a claim. @throws when none does. */
export const hostOf = async (world: World, name: string): Promise<Host> => {
  const { uid } = (await world.client.get(Nodes, { name }))?.metadata ?? {}
  const host = world.hosts[(await marks(world)).findIndex(mark => mark !== undefined && mark === uid)]
  if (!host) throw new Error(`no host serves ${name}`)
  return host
}

/** The uids of the claims that hosts serve. */
export const served = async (world: World): Promise<string[]> => (await marks(world)).filter(mark => mark !== undefined)

/** What the controller keeps of machines, by the keys of its store; the ledger of all of them apart. */
export const kept = async ({ kubectl }: World): Promise<string[]> => {
  const keys = '-o jsonpath={range.items[*]}{.metadata.annotations.kube-node\\.dev/store-key}{"\\n"}{end}'
  const all = (await kubectl(`-n ${defaultNamespace} get secrets -l kube-node.dev/store ${keys}`)).split('\n')
  return all.filter(key => key.startsWith('machine-'))
}

/** Gives all machines up, as docs/docker-machine.md has it. */
export const giveUp = async ({ kubectl }: World): Promise<void> => {
  const lines = '-o jsonpath={range.items[*]}{.metadata.name}{"="}{.metadata.annotations.kube-node\\.dev/store-key}{"\\n"}{end}'
  for (const line of (await kubectl(`-n ${defaultNamespace} get secrets -l kube-node.dev/store ${lines}`)).split('\n')) {
    const [name, key] = line.split('=')
    if (key?.startsWith('machine-') !== true) continue
    await kubectl(`-n ${defaultNamespace} patch secret ${name} --type merge -p {"data":{"bytes":""}}`)
  }
}

/** Nothing of a kubelet or of a claim is on any host. */
export const expectFreeHosts = async (world: World): Promise<void> => {
  expect(await served(world)).toEqual([])
  for (const host of world.hosts) {
    expect(await host.machine.run('pgrep -x kubelet || true')).toBe('')
    for (const file of leavings) expect([file, await host.has(file)]).toEqual([file, false])
  }
  expect(await kept(world)).toEqual([])
}

const leavings = [
  '/etc/kubernetes/kubelet.conf',
  '/etc/kubernetes/bootstrap-kubelet.conf',
  '/etc/systemd/system/kubelet.service.d/90-kube-node.conf',
  '/var/lib/kubelet/pki',
  '/var/lib/kube-node/steps',
]

/** What the commands by which the class cleans have written on it, since the last look. */
export const cleanings = ({ machine }: Host): Promise<string> => machine.run(`cat ${cleaned} 2>/dev/null && rm ${cleaned} || true`)
