import { at, isObject, textAt } from '../objects/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { labelSelectorOf } from '../selectors/index.ts'
import type { ResourceName, Storage } from '../storage/index.ts'
import type { Review } from './request.ts'

const namespaces: ResourceName = { group: '', plural: 'namespaces' }

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item: unknown): item is string => typeof item === 'string') : []
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const has = (values: readonly string[], wanted: string): boolean => values.includes('*') || values.includes(wanted)

const namesResource = (resources: readonly string[], plural: string, subresource: string): boolean =>
  resources.some(entry => {
    if (entry === '*/*') return true
    const [resource = '', sub = ''] = entry.split('/')
    return (resource === '*' || resource === plural) && (sub === subresource || (sub === '*' && entry.includes('/')))
  })

/** Does a rule of matchConstraints speak of this? `versions` are the ones that the kind is served in. */
const ruleMatches = (rule: unknown, { call, change, name }: Review, versions: readonly string[]): boolean => {
  const { definition, subresource } = call
  const resourceNames = texts(at(rule, 'resourceNames'))
  const scope = textAt(rule, 'scope')
  return (
    has(texts(at(rule, 'operations')), change.operation) &&
    has(texts(at(rule, 'apiGroups')), definition.group) &&
    versions.some(version => has(texts(at(rule, 'apiVersions')), version)) &&
    namesResource(texts(at(rule, 'resources')), definition.plural, subresource) &&
    (scope === '' || scope === '*' || scope === (definition.namespaced ? 'Namespaced' : 'Cluster')) &&
    (resourceNames.length === 0 || resourceNames.includes(name))
  )
}

const isEmpty = (selector: unknown): boolean => !isObject(selector) || Object.keys(selector).length === 0

/** `matchConstraints` of a policy or `matchResources` of a binding. An absent one matches everything. */
export const matches = (
  constraints: unknown,
  review: Review,
  storage: Storage,
  servedIn: (definition: ResourceDefinition) => readonly string[],
): boolean => {
  if (!isObject(constraints)) return true
  const { call, change, name, namespace } = review
  const { definition } = call
  const selector = constraints['namespaceSelector']
  if (!isEmpty(selector)) {
    // A Namespace is judged by its own labels; whatever else lives in none is not left out by a selector.
    const isNamespace = definition.group === '' && definition.plural === 'namespaces'
    const own = isNamespace ? (change.object ?? change.old) : undefined
    const home = isNamespace ? (own ?? storage.get(namespaces, undefined, name)) : storage.get(namespaces, undefined, namespace ?? '')
    if ((isNamespace || namespace !== undefined) && !labelSelectorOf(selector)(home?.metadata.labels)) return false
  }
  const objectSelector = constraints['objectSelector']
  if (!isEmpty(objectSelector)) {
    const chooses = labelSelectorOf(objectSelector)
    const candidates = [change.object, change.old].flatMap(object => (object === undefined ? [] : [object.metadata.labels]))
    if (!candidates.some(labels => chooses(labels))) return false
  }
  // matchPolicy Equivalent: a rule about one version of a kind speaks of all.
  const versions = constraints['matchPolicy'] === 'Exact' ? [definition.version] : servedIn(definition)
  const rules = constraints['resourceRules']
  if (list(constraints['excludeResourceRules']).some(rule => ruleMatches(rule, review, versions))) return false
  // A binding without rules matches what its policy matches.
  return !Array.isArray(rules) || rules.length === 0 || rules.some(rule => ruleMatches(rule, review, versions))
}
