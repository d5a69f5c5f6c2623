import type { CrdNames, CrdSpec, CrdVersion } from './crd.types.ts'
import type { Cause } from './definition.ts'
import { invalid, notSupported, required } from './field-error.ts'
import { type JsonObject, equal } from './json.ts'
import { dns1035Label, subdomainName } from './names.ts'
import { struct } from './quote.ts'

/** Everything of a CRD but the schemas, subresources and columns of its versions. `names` are completed already. */
export const validateSpec = (spec: CrdSpec, names: CrdNames, metadata: JsonObject): readonly Cause[] => {
  const { group = '', scope = '' } = spec
  const name = metadata['name']
  return [
    ...(name === undefined || name === `${names.plural ?? ''}.${group}`
      ? []
      : [invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
    ...validateApproval(group, metadata),
    ...validateGroup(group),
    ...(scope === ''
      ? [required('spec.scope')]
      : ['Cluster', 'Namespaced'].includes(scope)
        ? []
        : [notSupported('spec.scope', scope, ['Cluster', 'Namespaced'])]),
    ...validateVersions(spec),
    ...validateNames(names),
    ...validateConversion(spec),
    ...(spec.preserveUnknownFields === true
      ? [
          invalid(
            'spec.preserveUnknownFields',
            true,
            'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
          ),
        ]
      : []),
  ]
}

const validateGroup = (group: string): readonly Cause[] => {
  if (group === '') return [required('spec.group')]
  const messages = subdomainName(group)
  if (messages.length > 0) return messages.map(message => invalid('spec.group', group, message))
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

const validateApproval = (group: string, { annotations }: JsonObject): readonly Cause[] => {
  const key = 'api-approved.kubernetes.io'
  const isProtected = /(^|\.)(k8s|kubernetes)\.io$/.test(group)
  if (!isProtected || (typeof annotations === 'object' && annotations !== null && key in annotations)) return []
  return [
    required(
      `metadata.annotations[${key}]`,
      `protected groups must have approval annotation "${key}", see https://github.com/kubernetes/enhancements/pull/1111`,
    ),
  ]
}

/** The API server notes the first storage version before it validates. */
export const validateStored = (versions: readonly CrdVersion[], stored: readonly unknown[]): readonly Cause[] => {
  const field = 'status.storedVersions'
  if (stored.length === 0) return [invalid(field, null, 'must have at least one stored version')]
  const names = versions.map(({ name }) => name)
  return [
    ...versions
      .filter(({ name, storage }) => storage === true && !stored.includes(name))
      .map(({ name }) => invalid(field, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, i) =>
      names.some(known => known === name)
        ? []
        : [
            invalid(
              `${field}[${i}]`,
              name,
              `missing from spec.versions; ${String(name)} was previously a storage version, and must remain in spec.versions ` +
                `until a storage migration ensures no data remains persisted in ${String(name)} and removes ${String(name)} ` +
                'from status.storedVersions',
            ),
          ],
    ),
  ]
}

const validateVersions = ({ versions: given }: CrdSpec): readonly Cause[] => {
  const versions = given ?? []
  const storage = versions.filter(version => version.storage === true)
  const unique = new Set(versions.map(version => version.name)).size === versions.length
  const same = versions.every(version => equal(version.schema, versions[0]?.schema))
  // Where nobody speaks of versions Go has no list.
  const shown = given?.map(version => versionStruct(version, same)) ?? null
  return [
    ...versions.flatMap(({ name = '', schema }, i) => [
      ...dns1035Label(name).map(message => invalid(`spec.versions[${i}].name`, name, message)),
      ...(schema?.openAPIV3Schema === undefined ? [required(`spec.versions[${i}].schema.openAPIV3Schema`)] : []),
    ]),
    ...(unique ? [] : [invalid('spec.versions', shown, 'must contain unique version names')]),
    ...(storage.length === 1 ? [] : [invalid('spec.versions', shown, 'must have exactly one version marked as storage version')]),
    ...dns1035Label(versions[0]?.name ?? 'v1').map(message => invalid('spec.version', versions[0]?.name, message)),
  ]
}

/** A version as the API server's internal type prints it; a schema that all versions share lies elsewhere. */
const versionStruct = ({ name, served, storage, deprecated }: CrdVersion, same: boolean): ReadonlyMap<string, unknown> =>
  struct(
    {
      Name: name ?? '',
      Served: served === true,
      Storage: storage === true,
      Deprecated: deprecated === true,
      DeprecationWarning: null,
      Schema: same ? null : {},
      Subresources: null,
      AdditionalPrinterColumns: null,
      SelectableFields: null,
    },
    [
      'Name',
      'Served',
      'Storage',
      'Deprecated',
      'DeprecationWarning',
      'Schema',
      'Subresources',
      'AdditionalPrinterColumns',
      'SelectableFields',
    ],
  )

const validateNames = ({
  plural = '',
  singular = '',
  kind = '',
  listKind = '',
  shortNames = [],
  categories = [],
}: CrdNames): readonly Cause[] => {
  const label = (value: string, field: string): readonly Cause[] => dns1035Label(value).map(message => invalid(field, value, message))
  const mixed = (value: string, field: string): readonly Cause[] =>
    dns1035Label(value.toLowerCase()).map(message => invalid(field, value, `may have mixed case, but should otherwise match: ${message}`))
  const given = (value: string, field: string, check: (value: string, field: string) => readonly Cause[]): readonly Cause[] =>
    value === '' ? [required(`spec.names.${field}`)] : check(value, `spec.names.${field}`)
  return [
    ...given(plural, 'plural', label),
    ...given(singular, 'singular', label),
    ...given(kind, 'kind', mixed),
    ...given(listKind, 'listKind', mixed),
    ...shortNames.flatMap((name, i) => label(name, `spec.names.shortNames[${i}]`)),
    ...categories.flatMap((name, i) => label(name, `spec.names.categories[${i}]`)),
    ...(kind !== '' && kind === listKind ? [invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same')] : []),
  ]
}

/** Webhooks are not called here: only that one is described is asked for. */
const validateConversion = ({ conversion }: CrdSpec): readonly Cause[] => {
  const strategy = conversion?.strategy ?? 'None'
  if (strategy === 'None') return []
  if (strategy !== 'Webhook') return [notSupported('spec.conversion.strategy', strategy, ['None', 'Webhook'])]
  return conversion?.webhook === undefined
    ? [
        required('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook'),
        required('spec.conversion.conversionReviewVersions'),
      ]
    : []
}
