import { type GroupProvider, type MachineProvider, type Provider, contract } from '../provider/index.ts'
import { type Duration, durationMs } from '../runtime/index.ts'
import type { RefreshTimes } from './inventory.ts'
import type { SharedSessions } from './shared.ts'

/**
 * The providers that a manager has. Controllers that share this registry share one connection, one mirror and one rate
 * limit for each account.
 */
export interface Providers {
  readonly names: readonly string[]
  get(name: string): MachineProvider | GroupProvider | undefined
  readonly refresh: RefreshTimes
  /** See shareSession. */
  readonly sessions: SharedSessions
}

export interface ProvidersOptions {
  /**
   * How often machines are listed. Defaults: every 2s while something is in flight, and up to four times as often where lists take a
   * twentieth of that time or less; every 60s at rest.
   */
  readonly refresh?: { readonly active?: Duration; readonly idle?: Duration }
}

/**
 * @throws TypeError for two providers of one name, and for a provider that was built for another contract: it names both
 * numbers and says which side to upgrade.
 */
export const createProviders = (list: readonly Provider[], options: ProvidersOptions = {}): Providers => {
  const byName = new Map<string, Provider>()
  for (const provider of list) {
    if (provider.contract !== contract) {
      const older = provider.contract < contract ? `provider ${provider.name}` : '@kube-node/core'
      throw new TypeError(`provider ${provider.name} speaks contract ${provider.contract}, this core speaks ${contract}: upgrade ${older}`)
    }
    if (byName.has(provider.name)) throw new TypeError(`two providers are called ${provider.name}: a NodeClass could not tell them apart`)
    byName.set(provider.name, provider)
  }
  return {
    names: [...byName.keys()],
    get: name => byName.get(name),
    refresh: { activeMs: durationMs(options.refresh?.active ?? '2s'), idleMs: durationMs(options.refresh?.idle ?? '60s') },
    sessions: new WeakMap(),
  }
}
