/**
 * Writes down what a real kube-apiserver discovers of the kinds that the embedded one serves, in both forms:
 * packages/testing/src/server/discovery/recorded.json.
 *
 *   kubectl proxy --port 8001 & node scripts/record-discovery.ts --at http://127.0.0.1:8001
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { aggregatedDiscoveryType, groupsOf, subresourcesOf, versionsOf } from '../packages/testing/src/server/discovery/index.ts'
import { builtinDefinitions } from '../packages/testing/src/server/schema/index.ts'

const {
  values: { at = 'http://127.0.0.1:8001' },
} = parseArgs({ options: { at: { type: 'string' } } })
const definitions = builtinDefinitions()

const get = async <T>(path: string, accept = 'application/json'): Promise<T> => {
  const response = await fetch(at + path, { headers: { accept } })
  // Border: what was asked for; the callers name the members that they read.
  return (await response.json()) as T
}

interface Listed {
  readonly resources: readonly { readonly name: string; readonly storageVersionHash?: string }[]
}

interface Aggregated {
  readonly items: readonly {
    readonly metadata: { readonly name?: string }
    readonly versions: readonly {
      readonly version: string
      readonly resources: readonly { readonly resource: string; readonly subresources?: readonly { readonly subresource: string }[] }[]
    }[]
  }[]
}

const known = (group: string, version: string, plural: string, subresource?: string): boolean =>
  definitions.some(
    d =>
      d.group === group &&
      d.version === version &&
      d.plural === plural &&
      (subresource === undefined || subresourcesOf(d).some(s => s.name === subresource)),
  )

const lists: object[] = []
for (const group of ['', ...groupsOf(definitions)]) {
  for (const version of versionsOf(definitions, group)) {
    const list = await get<Listed>(group === '' ? `/api/${version}` : `/apis/${group}/${version}`)
    const resources = list.resources.filter(({ name }) => {
      const [plural = '', subresource] = name.split('/')
      return known(group, version, plural, subresource)
    })
    lists.push({ group, version, list: { ...list, resources } })
  }
}

const aggregated = async (path: string): Promise<object> => {
  const { items, ...document } = await get<Aggregated>(path, aggregatedDiscoveryType)
  const kept = items.map(({ metadata, versions }) => ({
    metadata,
    versions: versions
      .map(({ resources, ...version }) => ({
        ...version,
        resources: resources
          .filter(({ resource }) => known(metadata.name ?? '', version.version, resource))
          .map(({ subresources, ...resource }) => {
            const served = subresources?.filter(s => known(metadata.name ?? '', version.version, resource.resource, s.subresource)) ?? []
            return served.length === 0 ? resource : { ...resource, subresources: served }
          }),
      }))
      .filter(version => version.resources.length > 0),
  }))
  return { ...document, items: kept.filter(item => item.versions.length > 0) }
}

const file = join(import.meta.dirname, '../packages/testing/src/server/discovery/recorded.json')
const recorded = { core: await aggregated('/api'), groups: await aggregated('/apis') }
const lines = lists.map(list => `    ${JSON.stringify(list)}`).join(',\n')
writeFileSync(
  file,
  `{\n  "core": ${JSON.stringify(recorded.core)},\n  "groups": ${JSON.stringify(recorded.groups)},\n  "lists": [\n${lines}\n  ]\n}\n`,
)
console.log(`${lists.length} groups recorded`)
