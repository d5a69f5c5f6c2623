import type { BindingManifest, Manifest, RoleManifest } from '@kube-node/core/manifests'
import type { Audited } from '../control-plane/index.ts'

/** One verb on one resource, `*` where it is granted everywhere: `kube-system get  secrets`. */
export interface Right {
  readonly namespace: string
  readonly verb: string
  readonly group: string
  /** With its subresource, as RBAC writes it: `nodes/status`. */
  readonly resource: string
  /** The one object that it is for; all of them without. */
  readonly name?: string
}

const isRole = (object: Manifest): object is RoleManifest => object.kind === 'Role' || object.kind === 'ClusterRole'
const isBinding = (object: Manifest): object is BindingManifest => object.kind.endsWith('RoleBinding')

/** What the manifests grant to a service account, one by one. */
export const rightsOf = (objects: readonly Manifest[], account: string): readonly Right[] => {
  const bound = objects.filter(isBinding).filter(({ subjects }) => subjects.some(({ kind, name }) => `${kind} ${name}` === account))
  const roles = bound.flatMap(({ roleRef, metadata }) =>
    objects.filter(isRole).filter(role => {
      const isHere = role.kind === 'ClusterRole' || role.metadata.namespace === metadata.namespace
      return role.kind === roleRef.kind && role.metadata.name === roleRef.name && isHere
    }),
  )
  return roles.flatMap(({ metadata: { namespace = '*' }, rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }) =>
      apiGroups.flatMap(group =>
        resources.flatMap(resource =>
          verbs.flatMap(verb => resourceNames.map(name => ({ namespace, verb, group, resource, ...(name !== undefined && { name }) }))),
        ),
      ),
    ),
  )
}

/** Whether that request needed this right, or would have been let through by it. */
export const isUsedBy = ({ namespace, verb, group, resource, name }: Right, request: Audited): boolean => {
  const { apiGroup = '', resource: kind, subresource, namespace: where = '', name: object } = request.objectRef ?? {}
  const what = subresource === undefined ? kind : `${kind}/${subresource}`
  const isHere = namespace === '*' || namespace === where
  return isHere && verb === request.verb && group === apiGroup && resource === what && (name === undefined || name === object)
}

export const rightText = ({ namespace, verb, group, resource, name }: Right): string =>
  [
    verb,
    group === '' ? resource : `${resource}.${group}`,
    ...(name === undefined ? [] : [name]),
    ...(namespace === '*' ? [] : [`in ${namespace}`]),
  ].join(' ')

/** Not there, changed meanwhile, too old, a budget that forbids: answers that a controller lives with. */
const everyday = [404, 409, 410, 429]

/** What the API server took no part of, in words: for want of a right, by a policy, or because it made no sense. */
export const refusals = (requests: readonly Audited[]): readonly string[] => [
  ...new Set(
    requests
      .filter(({ responseStatus: { code = 200 } = {} }) => code >= 400 && !everyday.includes(code))
      .map(({ verb, requestURI, responseStatus }) => `${responseStatus?.code} ${verb} ${requestURI}: ${responseStatus?.message}`),
  ),
]
