import { builtinTypeName } from '../schema/builtin.ts'
import type { JsonObject, ResourceDefinition } from '../schema/index.ts'

/** A reference to one of the document's own schemas. */
export const prefixed = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` })

/** What stands beside a reference needs an allOf around it. */
export const withReference = (beside: JsonObject, name: string): JsonObject => ({ ...beside, allOf: [prefixed(name)] })

export const meta = (name: string): string => `io.k8s.apimachinery.pkg.apis.meta.v1.${name}`

/** `test.example.v1.Widget` for a custom kind: the group's labels back to front, as kube-apiserver names it. */
export const typeName = ({ group, version, kind, custom }: ResourceDefinition): string =>
  (custom ? undefined : builtinTypeName(group, version, kind)) ?? customName(group, version, kind)

export const listTypeName = (definition: ResourceDefinition): string => {
  const { custom, group, listKind, version } = definition
  return custom ? customName(group, version, listKind) : `${typeName(definition)}List`
}

const customName = (group: string, version: string, kind: string): string => [...group.split('.').reverse(), version, kind].join('.')

export const gvk = 'x-kubernetes-group-version-kind'

export const gvksOf = ({ group, kind, version }: Pick<ResourceDefinition, 'group' | 'kind' | 'version'>): JsonObject => ({
  [gvk]: [{ group, kind, version }],
})
