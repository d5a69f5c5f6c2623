import { Nodes, annotations } from '@kube-node/core/api'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import type { World } from './world.ts'

/** What `kubectl describe node` says: why it is where it is. */
const saysOf = async ({ client }: World, name: string): Promise<string> => {
  const node = await client.get(Nodes, { name })
  return (node?.status?.conditions ?? []).map(({ reason, message }) => `${reason}: ${message}`).join('\n')
}

export const saying = (world: World, name: string, words: string | RegExp, signal: AbortSignal): Promise<void> =>
  eventually({ signal }, async () => expect(await saysOf(world, name)).toMatch(words))

/** What happened to a Node for that reason, in the words of its events. */
export const told = ({ kubectl }: World, name: string, reason: string): Promise<string> =>
  kubectl(`get events -A --field-selector involvedObject.name=${name},reason=${reason} -o jsonpath={range.items[*]}{.message}{"\\n"}{end}`)

export const configured = (world: World, name: string, signal: AbortSignal): Promise<void> =>
  eventually({ signal }, async () => expect(await told(world, name, 'MachineConfigured')).toContain('all steps were done'))

export const booting = (world: World, name: string, signal: AbortSignal): Promise<void> =>
  eventually({ signal }, async () => {
    const node = await world.client.get(Nodes, { name })
    expect(node?.metadata?.annotations?.[annotations.phase]).toBe('Booting')
  })
