import { validateSpec, validateStored } from './crd-spec.ts'
import { validateStructure } from './crd-structure.ts'
import { validateColumns, validateSubresources } from './crd-presentation.ts'
import type { CrdNames, CrdSpec, CrdVersion } from './crd.types.ts'
import type { Cause, Column, KindVersions, ResourceDefinition } from './definition.ts'
import { type JsonObject, equal, isObject } from './json.ts'
import { prepare } from './prepare.ts'

export interface CustomDefinitions {
  /** One per served version; the storage version has `storage: true`. */
  readonly definitions: readonly ResourceDefinition[]
  /** What the API server refuses in the CRD itself; definitions are usable only when this is empty. */
  readonly causes: readonly Cause[]
}

/**
 * The kinds that a CustomResourceDefinition (apiextensions.k8s.io/v1) serves, and what is wrong with it. `names.singular` and
 * `names.listKind` may be missing: the API server fills them in before it looks.
 */
export const definitionsOf = (crd: JsonObject): CustomDefinitions => {
  const given = isObject(crd['spec']) ? withoutNulls(crd['spec']) : {}
  const listed = Array.isArray(given['versions']) ? { versions: given['versions'].filter(isObject).map(withoutNulls) } : {}
  // Border: decoding by the type of CustomResourceDefinition has checked the types of what is there.
  const spec = { ...given, names: isObject(given['names']) ? withoutNulls(given['names']) : {}, ...listed } as CrdSpec
  const names = completed(spec.names ?? {})
  const versions = spec.versions ?? []
  const metadata = isObject(crd['metadata']) ? crd['metadata'] : {}
  const noted = isObject(crd['status']) ? crd['status']['storedVersions'] : undefined
  // Each side is some milliseconds of compiling rules, and who wants one seldom wants the other.
  let definitions: readonly ResourceDefinition[] | undefined
  let causes: readonly Cause[] | undefined
  return {
    get definitions() {
      definitions ??= servedOf(spec, names, versions, metadata['deletionTimestamp'] !== undefined)
      return definitions
    },
    get causes() {
      causes ??= [
        ...validateSpec(spec, names, metadata),
        ...each(versions, 'spec.validation', 'schema', version => version.schema, validateVersionSchema),
        ...each(versions, 'spec', '', version => version.subresources, validateSubresources),
        ...each(versions, 'spec', '', version => version.additionalPrinterColumns, validateColumns),
        ...validateStored(
          versions,
          Array.isArray(noted)
            ? noted
            : versions
                .filter(isStorage)
                .map(({ name }) => name)
                .slice(0, 1),
        ),
      ]
      return causes
    },
  }
}

const isStorage = ({ storage }: CrdVersion): boolean => storage === true

/** Go writes lists that were not given as null. */
const withoutNulls = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))

const completed = (names: CrdNames): CrdNames => {
  const kind = names.kind ?? ''
  return kind === '' ? names : { singular: kind.toLowerCase(), listKind: `${kind}List`, ...names }
}

/** What all versions have in common is complained of once, in the place where apiextensions v1beta1 had it. */
const each = <T>(
  versions: readonly CrdVersion[],
  common: string,
  own: string,
  part: (version: CrdVersion) => T | undefined,
  check: (value: T | undefined, path: string, version: CrdVersion | undefined) => readonly Cause[],
): readonly Cause[] => {
  const [first, ...others] = versions.map(part)
  if (versions.length === 0) return []
  if (others.every(other => equal(other, first))) return check(first, common, versions[0])
  return versions.flatMap((version, i) => check(part(version), `spec.versions[${i}]${own === '' ? '' : `.${own}`}`, version))
}

const validateVersionSchema = (schema: CrdVersion['schema'], path: string, version: CrdVersion | undefined): readonly Cause[] => {
  // A missing schema is a matter of the version, and complained of there.
  const root = schema?.openAPIV3Schema
  return root === undefined ? [] : validateStructure(root, `${path}.openAPIV3Schema`, version?.subresources?.status !== undefined)
}

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const age: readonly Column[] = [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }]

const servedOf = (spec: CrdSpec, names: CrdNames, versions: readonly CrdVersion[], terminating: boolean): readonly ResourceDefinition[] => {
  const prepared = versions.flatMap(({ name = '', schema }) =>
    schema?.openAPIV3Schema === undefined ? [] : ([[name, prepare(schema.openAPIV3Schema)]] as const),
  )
  const all = { storage: versions.find(isStorage)?.name ?? '', schemas: new Map(prepared) }
  return versions.filter(version => version.served === true).map(version => definitionOf(spec, names, version, all, terminating))
}

const definitionOf = (
  { group = '', scope }: CrdSpec,
  names: CrdNames,
  version: CrdVersion,
  versions: KindVersions,
  terminating: boolean,
): ResourceDefinition => {
  const { subresources, additionalPrinterColumns = [], selectableFields = [] } = version
  const schema = versions.schemas.get(version.name ?? '')
  const scale = subresources?.scale
  return {
    group,
    version: version.name ?? '',
    kind: names.kind ?? '',
    listKind: names.listKind ?? '',
    plural: names.plural ?? '',
    singular: names.singular ?? '',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs,
    subresources: {
      status: subresources?.status !== undefined,
      ...(scale === undefined
        ? {}
        : {
            scale: {
              specReplicasPath: scale.specReplicasPath ?? '',
              statusReplicasPath: scale.statusReplicasPath ?? '',
              ...(scale.labelSelectorPath === undefined ? {} : { labelSelectorPath: scale.labelSelectorPath }),
            },
          }),
    },
    ...(schema === undefined ? {} : { schema }),
    columns:
      additionalPrinterColumns.length === 0
        ? age
        : additionalPrinterColumns.map(({ name = '', type = '', jsonPath = '', ...rest }) => ({ name, type, jsonPath, ...rest })),
    ...(selectableFields.length === 0 ? {} : { selectableFields: selectableFields.map(({ jsonPath = '' }) => jsonPath) }),
    custom: true,
    storage: version.storage === true,
    versions,
    ...(terminating ? { terminating } : {}),
  }
}
