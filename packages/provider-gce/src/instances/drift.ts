import { typesOf, zonesOf } from './config.ts'
import type { GceConfig } from './config.types.ts'
import { type Instance, nameIn } from './resources.ts'

/**
 * Pure: in words, how an instance differs from what its class says. Only what the class names is compared: networks, tags, labels and
 * accounts that it leaves open are Google's or somebody else's to choose. An image is compared where it is named: a family that has moved
 * on makes new machines new, and old ones no different from what they were.
 * @param image URL of the image of its boot disk; read only where the class names one.
 */
export const driftOf = (instance: Instance, image: string | undefined, config: GceConfig): string | undefined => {
  const { networkInterfaces: [nic] = [], serviceAccounts: [account] = [] } = instance
  const types = typesOf(config)
  const zones = zonesOf(config)
  const tags = new Set(instance.tags?.items)
  const differences = [
    differs('machine type is', nameIn(instance.machineType), types.join(' or '), found => types.includes(found)),
    differs('zone is', nameIn(instance.zone), zones.join(' or '), found => zones.includes(found)),
    differs('image is', pathIn(image), imageOf(config)),
    differs('network is', pathIn(nic?.network), config.network && pathOf(config.project, 'global/networks', config.network)),
    differs('subnetwork is', pathIn(nic?.subnetwork), config.subnetwork, found =>
      config.subnetwork?.includes('/') === true
        ? found === pathOf(config.project, '', config.subnetwork)
        : nameIn(found) === config.subnetwork,
    ),
    differs('service account is', account?.email, config.serviceAccount?.email),
    differs('scopes are', listed(account?.scopes), config.serviceAccount && listed(config.serviceAccount.scopes)),
    differs('network tags are', listed(tags), config.tags.length > 0 ? listed(config.tags) : undefined),
    ...Object.entries(config.labels).map(([key, value]) => differs(`label ${key} is`, instance.labels?.[key], value)),
  ].filter(difference => difference !== undefined)
  return differences.length === 0 ? undefined : differences.join('; ')
}

/** Nothing where the class says nothing. */
const differs = (
  what: string,
  found: string | undefined,
  wanted: string | undefined,
  suits = (text: string): boolean => text === wanted,
): string | undefined =>
  wanted === undefined || suits(found ?? '') ? undefined : `its ${what} ${found || 'none'}, and the class says ${wanted}`

const listed = (names: Iterable<string> = []): string => [...new Set(names)].toSorted((a, b) => (a < b ? -1 : 1)).join(', ')

const imageOf = ({ project: own, image: { project = own, name } }: GceConfig): string | undefined =>
  name === undefined ? undefined : `projects/${project}/global/images/${name}`

/** From `projects/` on, as Google's URLs have it. Anybody may write less. */
const pathOf = (project: string, collection: string, text: string): string => {
  if (text.startsWith('projects/')) return text
  return text.includes('/') ? `projects/${project}/${text}` : `projects/${project}/${collection}/${text}`
}

const pathIn = (url: string | undefined): string | undefined => url?.replace(/^.*?(?=projects\/)/, '')
