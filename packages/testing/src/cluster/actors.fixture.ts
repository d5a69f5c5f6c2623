import { type Ask, type Guarded, administrator, told } from './guarded.fixture.ts'

/** Who acts in the stories about admission; a kubelet is the one of the Node that a story is about. */
export type Actor =
  | 'administrator'
  | 'controller'
  | 'developer'
  | 'adopter'
  | 'caretaker'
  | 'stranger'
  | 'bypasser'
  | 'kubelet'
  | 'node-controller'
  | 'generic-garbage-collector'
  | 'cloud-controller-manager'
  | 'system:cloud-controller-manager'
  | 'system:kube-controller-manager'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'

/** What each person may do with classes, beside all that RBAC can grant on Nodes and NodeSets. */
const people: Readonly<Record<string, readonly { readonly verb: string; readonly name?: string }[]>> = {
  developer: [{ verb: 'use', name: 'small' }],
  adopter: [
    { verb: 'use', name: 'small' },
    { verb: 'adopt', name: 'small' },
  ],
  caretaker: [
    { verb: 'use', name: 'small' },
    { verb: 'administer', name: 'small' },
  ],
  stranger: [],
  bypasser: [{ verb: 'bypass' }],
}

/** Gives the people of the stories their rights. */
export const employ = async (cluster: Guarded): Promise<void> => {
  const admin = administrator(cluster)
  const grant = async (name: string, rules: readonly object[], subject: object): Promise<void> => {
    const made = [
      await admin('POST', `${rbac}/clusterroles`, { metadata: { name }, rules }),
      await admin('POST', `${rbac}/clusterrolebindings`, {
        metadata: { name },
        roleRef: { apiGroup, kind: 'ClusterRole', name },
        subjects: [{ apiGroup, ...subject }],
      }),
    ]
    for (const answer of made) if (told(answer) !== 'ok') throw new Error(told(answer))
  }
  const everything = [
    { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['*'] },
    { apiGroups: ['kube-node.dev'], resources: ['nodesets'], verbs: ['*'] },
  ]
  for (const [name, verbs] of Object.entries(people)) {
    const rules = verbs.map(each => ({
      apiGroups: ['kube-node.dev'],
      resources: ['nodeclasses'],
      verbs: [each.verb],
      ...(each.name === undefined ? {} : { resourceNames: [each.name] }),
    }))
    await grant(`story-${name}`, [...everything, ...rules], { kind: 'User', name })
  }
  for (const [i, subject] of [
    { kind: 'Group', name: 'system:serviceaccounts:kube-system' },
    { kind: 'Group', name: 'system:nodes' },
    { kind: 'User', name: 'system:cloud-controller-manager' },
    { kind: 'User', name: 'system:kube-controller-manager' },
  ].entries())
    await grant(`story-component-${i}`, everything, subject)
}

/** The way in for somebody, in a story about that Node. */
export const actor = (cluster: Guarded, who: Actor, node: string): Ask => {
  const account = (namespace: string, name: string): Ask =>
    cluster.as(`system:serviceaccount:${namespace}:${name}`, 'system:serviceaccounts', `system:serviceaccounts:${namespace}`)
  switch (who) {
    case 'administrator':
      return administrator(cluster)
    case 'controller':
      return account('kube-node-system', 'kube-node')
    case 'kubelet':
      return cluster.as(`system:node:${node}`, 'system:nodes')
    case 'node-controller':
    case 'generic-garbage-collector':
    case 'cloud-controller-manager':
      return account('kube-system', who)
    default:
      return cluster.as(who)
  }
}
