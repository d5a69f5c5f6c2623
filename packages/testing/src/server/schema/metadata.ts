import type { Cause, ResourceDefinition } from './definition.ts'
import { forbidden, invalid, required, tooLong } from './field-error.ts'
import { type JsonObject, equal, isObject } from './json.ts'
import { goQuote, struct } from './quote.ts'
import { type NameRule, labelName, labelValueRule, pathSegmentName, qualifiedName, subdomainName } from './names.ts'

/** Kinds whose names follow another rule than the DNS subdomain (surveyed on 1.37 with names that break each rule). */
const nameRules: Readonly<Record<string, NameRule>> = {
  '/Namespace': labelName,
  '/Service': labelName,
  'apps/StatefulSet': labelName,
  '/Event': pathSegmentName,
  'policy/PodDisruptionBudget': pathSegmentName,
  'rbac.authorization.k8s.io/Role': pathSegmentName,
  'rbac.authorization.k8s.io/RoleBinding': pathSegmentName,
  'rbac.authorization.k8s.io/ClusterRole': pathSegmentName,
  'rbac.authorization.k8s.io/ClusterRoleBinding': pathSegmentName,
  'certificates.k8s.io/CertificateSigningRequest': () => [],
}

/** Kinds that take any finalizer of the right form; the other built-in kinds want a prefix or a name of the old standard ones. */
const freeFinalizers: ReadonlySet<string> = new Set([
  '/Event',
  'policy/PodDisruptionBudget',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'coordination.k8s.io/Lease',
])

const standardFinalizers: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

const annotationBytes = 262_144

/**
 * What is wrong with `metadata`: names by the rules of the kind, labels, annotations, finalizers, owners, and on an update (with `old`)
 * what may not change. Names of new objects are checked after generateName has done its work.
 */
export const validateMetadata = (object: JsonObject, definition: ResourceDefinition, old?: JsonObject): readonly Cause[] => {
  const meta = isObject(object['metadata']) ? object['metadata'] : {}
  const kind = `${definition.group}/${definition.kind}`
  const finalizers = definition.custom || freeFinalizers.has(kind) ? [] : validateStandardFinalizers(meta['finalizers'])
  const general = (rule: NameRule): readonly Cause[] => [
    ...validateNew(meta, rule, definition.namespaced, 'metadata'),
    ...validateMaps(meta, 'metadata'),
    ...validateFinalizers(meta['finalizers'], 'metadata.finalizers'),
  ]
  if (old === undefined) return [...general(nameRules[kind] ?? subdomainName), ...finalizers]
  const change = [...validateChange(meta, isObject(old['metadata']) ? old['metadata'] : {}), ...validateMaps(meta, 'metadata')]
  // The change is judged for all kinds, and again by the kind itself. Only built-in kinds drop what is said twice.
  return [...general(pathSegmentName), ...change, ...(definition.custom ? change : finalizers)]
}

/** Metadata of an object inside another: it may go without a name. */
export const validateEmbeddedMetadata = (meta: JsonObject, field: string): readonly Cause[] => [
  ...validateNew(
    { ...meta, name: text(meta['name']) === '' ? 'fakename' : meta['name'] },
    pathSegmentName,
    text(meta['namespace']) !== '',
    field,
  ),
  ...validateMaps(meta, field),
  ...validateFinalizers(meta['finalizers'], `${field}.finalizers`),
]

const validateMaps = (meta: JsonObject, field: string): readonly Cause[] => [
  ...validateLabels(meta['labels'], `${field}.labels`),
  ...validateAnnotations(meta['annotations'], `${field}.annotations`),
  ...validateOwners(meta['ownerReferences'], `${field}.ownerReferences`),
]

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const validateNew = (meta: JsonObject, rule: NameRule, namespaced: boolean, field: string): readonly Cause[] => {
  const generateName = text(meta['generateName'])
  const name = text(meta['name'])
  const namespace = text(meta['namespace'])
  // A trailing dash is good, as something will follow it; the API server masks it together with the character before.
  const prefix =
    rule !== pathSegmentName && generateName.length > 1 && generateName.endsWith('-') ? `${generateName.slice(0, -2)}a` : generateName
  const wrong = (key: string, value: string, messages: readonly string[]): readonly Cause[] =>
    messages.map(m => invalid(`${field}.${key}`, value, m))
  return [
    ...(generateName === '' ? [] : wrong('generateName', generateName, rule(prefix))),
    ...(name === '' ? [required(`${field}.name`, 'name or generateName is required')] : wrong('name', name, rule(name))),
    ...(namespaced && namespace === '' ? [required(`${field}.namespace`)] : []),
    ...(namespaced && namespace !== '' ? wrong('namespace', namespace, labelName(namespace)) : []),
    ...(!namespaced && namespace !== '' ? [forbidden(`${field}.namespace`, 'not allowed on this type')] : []),
    ...validateGeneration(meta['generation'], `${field}.generation`),
  ]
}

const validateGeneration = (generation: unknown, field: string): readonly Cause[] =>
  typeof generation === 'number' && generation < 0 ? [invalid(field, generation, 'must be greater than or equal to 0')] : []

/** An empty text is none. */
const said = (value: unknown): unknown => (value === undefined || value === '' ? null : value)

const validateChange = (meta: JsonObject, before: JsonObject): readonly Cause[] => {
  const known = new Set(list(before['finalizers']))
  const added =
    before['deletionTimestamp'] === undefined
      ? []
      : [...new Set(list(meta['finalizers']))]
          .filter(f => !known.has(f))
          .map(text)
          .sort()
  const quoted = added.map(goQuote).join(', ')
  const causes: Cause[] =
    added.length === 0
      ? []
      : [
          forbidden(
            'metadata.finalizers',
            `no new finalizers can be added if the object is being deleted, found new finalizers []string{${quoted}}`,
          ),
        ]
  causes.push(...validateGeneration(meta['generation'], 'metadata.generation'))
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds']) {
    if (!equal(said(meta[field]), said(before[field]))) causes.push(invalid(`metadata.${field}`, meta[field] ?? null, 'field is immutable'))
  }
  return causes
}

/** Labels wherever they stand; all complaints name the map, none the key. */
export const validateLabels = (labels: unknown, field: string): readonly Cause[] =>
  Object.entries(isObject(labels) ? labels : {}).flatMap(([key, value]) => [
    ...qualifiedName(key).map(message => invalid(field, key, message)),
    ...(typeof value === 'string' ? labelValueRule(value).map(message => invalid(field, value, message)) : []),
  ])

const validateAnnotations = (annotations: unknown, field: string): readonly Cause[] => {
  const entries = Object.entries(isObject(annotations) ? annotations : {})
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(text(value)), 0)
  return [
    ...entries.flatMap(([key]) => qualifiedName(key.toLowerCase()).map(message => invalid(field, key, message))),
    ...(size > annotationBytes ? [tooLong(field, annotationBytes)] : []),
  ]
}

const ownerFields = ['apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion']

const validateOwners = (owners: unknown, field: string): readonly Cause[] => {
  const references = list(owners).filter(isObject)
  const shown = references.map(owner => struct(owner, ownerFields))
  const controllers = references.filter(owner => owner['controller'] === true).map(owner => `${text(owner['kind'])}/${text(owner['name'])}`)
  return [
    ...references.flatMap((owner, i) => validateOwner(owner, `${field}[${i}]`)),
    ...controllers
      .slice(1)
      .map(second =>
        invalid(
          field,
          shown,
          `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]} and ${second}`,
        ),
      ),
  ]
}

const validateOwner = (owner: JsonObject, field: string): readonly Cause[] => {
  const apiVersion = text(owner['apiVersion'])
  const parts = apiVersion.split('/')
  return [
    ...(apiVersion === ''
      ? [required(`${field}.apiVersion`, 'must not be empty')]
      : parts.length > 2 || parts.at(-1) === ''
        ? [invalid(`${field}.apiVersion`, apiVersion, 'must be <group>/<version> or <version>')]
        : []),
    ...['kind', 'name', 'uid'].filter(key => text(owner[key]) === '').map(key => required(`${field}.${key}`, 'must not be empty')),
    ...(apiVersion === 'v1' && owner['kind'] === 'Event'
      ? [invalid(field, struct(owner, ownerFields), '/v1, Kind=Event is disallowed from being an owner')]
      : []),
  ]
}

const validateFinalizers = (finalizers: unknown, field: string): readonly Cause[] => {
  const names = list(finalizers).map(text)
  return [
    ...names.flatMap(name => qualifiedName(name).map(message => invalid(field, name, message))),
    ...(names.includes('orphan') && names.includes('foregroundDeletion')
      ? [invalid(field, names, 'finalizer orphan and foregroundDeletion cannot be both set')]
      : []),
  ]
}

const validateStandardFinalizers = (finalizers: unknown): readonly Cause[] =>
  list(finalizers)
    .map(text)
    .flatMap((name, i) =>
      name.includes('/') || standardFinalizers.has(name)
        ? []
        : [invalid(`metadata.finalizers[${i}]`, name, 'name is neither a standard finalizer name nor is it fully qualified')],
    )

/** A selector of labels (`matchLabels`, `matchExpressions`) as built-in kinds check it. */
export const validateLabelSelector = (selector: unknown, field: string): readonly Cause[] => {
  if (!isObject(selector)) return []
  return [
    ...validateLabels(selector['matchLabels'], `${field}.matchLabels`),
    ...list(selector['matchExpressions'])
      .filter(isObject)
      .flatMap((expression, i) => validateRequirement(expression, `${field}.matchExpressions[${i}]`)),
  ]
}

const validateRequirement = (expression: JsonObject, field: string): readonly Cause[] => {
  const values = list(expression['values'])
  const key = text(expression['key'])
  const operator = text(expression['operator'])
  return [
    ...(operator === 'In' || operator === 'NotIn'
      ? values.length === 0
        ? [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
        : []
      : operator === 'Exists' || operator === 'DoesNotExist'
        ? values.length > 0
          ? [forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
          : []
        : [invalid(`${field}.operator`, operator, 'not a valid selector operator')]),
    ...qualifiedName(key).map(message => invalid(`${field}.key`, key, message)),
    ...values.map(text).flatMap((value, i) => labelValueRule(value).map(message => invalid(`${field}.values[${i}]`, value, message))),
  ]
}
