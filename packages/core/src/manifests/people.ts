import { group } from '../api/index.ts'
import type { Manifest } from './manifest.ts'
import { clusterRole, rule } from './roles.ts'

const aggregatedTo = (name: string): Readonly<Record<string, string>> => ({ [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' })

const read = ['get', 'list', 'watch']
const write = ['create', 'update', 'patch', 'delete', 'deletecollection']

/**
 * Additions to the roles that every cluster has. Sets and classes belong to no namespace, so they count only where such
 * a role is bound for the whole cluster. Who writes classes can read any Secret through their bootstrap files, as `admin`
 * of the whole cluster can anyway. The verb `use` is in none of them: it is given class by class.
 * `nodesets/scale` names no class, so nothing asks for `use` there: not for `edit`.
 */
export const peopleRoles = (): readonly Manifest[] => [
  clusterRole('kube-node:view', [rule(group, ['nodeclasses', 'nodesets', 'nodesets/scale'], read)], aggregatedTo('view')),
  clusterRole('kube-node:edit', [rule(group, ['nodesets'], write)], aggregatedTo('edit')),
  clusterRole(
    'kube-node:admin',
    [rule(group, ['nodeclasses'], write), rule(group, ['nodesets/scale'], ['update', 'patch'])],
    aggregatedTo('admin'),
  ),
]
