import type { Cause, Column, ResourceDefinition, ScalePaths, SchemaNode } from './definition.ts'
import { type JsonObject, isObject } from './json.ts'
import { prepare } from './prepare.ts'

export interface CustomDefinitions {
  /** One per served version; the storage version has `storage: true`. */
  readonly definitions: readonly ResourceDefinition[]
  /** What the API server refuses in the CRD itself; definitions are usable only when this is empty. */
  readonly causes: readonly Cause[]
}

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const age: readonly Column[] = [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }]

interface Names { readonly kind: string; readonly plural: string; readonly singular?: string; readonly listKind?: string
  readonly shortNames?: readonly string[]; readonly categories?: readonly string[] }
interface Version { readonly name: string; readonly served?: boolean; readonly storage?: boolean
  readonly schema?: { readonly openAPIV3Schema?: SchemaNode }
  readonly subresources?: { readonly status?: unknown; readonly scale?: ScalePaths }
  readonly additionalPrinterColumns?: readonly Column[] }

/** The kinds that a CustomResourceDefinition (apiextensions.k8s.io/v1) serves. */
export const definitionsOf = (crd: JsonObject): CustomDefinitions => {
  const spec = isObject(crd['spec']) ? crd['spec'] : {}
  // Border: the API server's own decoding has checked the types (definition of CustomResourceDefinition).
  const { group, scope, names, versions } = spec as { group: string; scope: string; names: Names; versions: readonly Version[] }
  const definitions = versions.filter((version) => version.served === true).map((version): ResourceDefinition => ({
    group,
    version: version.name,
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs,
    subresources: {
      status: version.subresources?.status !== undefined,
      ...(version.subresources?.scale === undefined ? {} : { scale: version.subresources.scale }),
    },
    ...(version.schema?.openAPIV3Schema === undefined ? {} : { schema: prepare(version.schema.openAPIV3Schema) }),
    columns: version.additionalPrinterColumns ?? age,
    custom: true,
    storage: version.storage === true,
  }))
  return { definitions, causes: [] }
}
