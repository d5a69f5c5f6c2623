import { invalid, notSupported, required } from '../field-error.ts'
import { isObject } from '../json.ts'
import { subdomainName } from '../names.ts'
import { type Check, all, list, named, needed, object, oneOf } from './check.ts'

const group = 'rbac.authorization.k8s.io'

const some = (value: unknown): boolean => Array.isArray(value) && value.length > 0

const rule =
  (namespaced: boolean): Check =>
  (value, path) => {
    if (!isObject(value)) return []
    const { verbs, apiGroups, resources, nonResourceURLs } = value
    const noVerbs = some(verbs) ? [] : [required(`${path}.verbs`)]
    if (some(nonResourceURLs)) {
      const both = 'rules cannot apply to both regular resources and non-resource URLs'
      if (namespaced)
        return [...noVerbs, invalid(`${path}.nonResourceURLs`, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')]
      return [...noVerbs, ...(some(apiGroups) || some(resources) ? [invalid(`${path}.nonResourceURLs`, nonResourceURLs, both)] : [])]
    }
    return [
      ...noVerbs,
      ...(some(apiGroups) ? [] : [required(`${path}.apiGroups`, 'resource rules must supply at least one api group')]),
      ...(some(resources) ? [] : [required(`${path}.resources`, 'resource rules must supply at least one resource')]),
    ]
  }

export const role: Check = object({ rules: list(rule(true)) })
export const clusterRole: Check = object({ rules: list(rule(false)) })

const subject =
  (namespaced: boolean): Check =>
  (value, path) => {
    if (!isObject(value)) return []
    const { kind, name, namespace, apiGroup = '' } = value
    const noName = needed()(name, `${path}.name`)
    if (kind === 'ServiceAccount') {
      return [
        ...noName,
        ...named(subdomainName)(name, `${path}.name`),
        ...(apiGroup === '' ? [] : [notSupported(`${path}.apiGroup`, apiGroup, [''])]),
        ...(namespaced || (namespace ?? '') !== '' ? [] : [required(`${path}.namespace`)]),
      ]
    }
    if (kind === 'User' || kind === 'Group') return [...noName, ...oneOf(group)(apiGroup, `${path}.apiGroup`)]
    return [...noName, notSupported(`${path}.kind`, kind ?? '', ['ServiceAccount', 'User', 'Group'])]
  }

const binding = (namespaced: boolean): Check =>
  object({
    roleRef: object({
      apiGroup: oneOf(group),
      kind: (value, path) => {
        const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
        return typeof value === 'string' && kinds.includes(value) ? [] : [notSupported(path, value ?? '', kinds)]
      },
      name: all(needed()),
    }),
    subjects: list(subject(namespaced)),
  })

export const roleBinding: Check = binding(true)
export const clusterRoleBinding: Check = binding(false)
