import { describe, expect, it } from 'vitest'
import { type BindingManifest, type Manifest, type ManifestOptions, type RoleManifest, manifests } from './index.ts'

const isRole = (object: Manifest): object is RoleManifest => object.kind === 'Role' || object.kind === 'ClusterRole'
const isBinding = (object: Manifest): object is BindingManifest => object.kind.endsWith('RoleBinding')

const rbac = (options: ManifestOptions = {}): readonly Manifest[] => manifests({ ...options, only: ['rbac'] })
/** The rules of all roles of a name, wherever they are. */
const rulesOf = (name: string): string[] =>
  rbac()
    .filter(isRole)
    .filter(({ metadata }) => metadata.name === name)
    .flatMap(({ metadata, rules }) =>
      rules.flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
        resources.flatMap(resource =>
          verbs.flatMap(verb => resourceNames.map(only => [metadata.namespace ?? '*', verb, apiGroups.join(), resource, only].join(' '))),
        ),
      ),
    )
const boundTo = (group: string): string[] =>
  rbac()
    .filter(isBinding)
    .filter(({ subjects }) => subjects.some(({ name }) => name === group))
    .map(({ kind, roleRef }) => `${kind} ${roleRef.kind} ${roleRef.name}`)

describe('the rights that are installed', () => {
  it('let the controller evict pods and never delete them, approve for two signers, and list Secrets in two namespaces', () => {
    const rules = rulesOf('kube-node')
    expect(rules).toContain('* create  pods/eviction ')
    expect(rules.filter(rule => / pods /.test(rule)).toSorted()).toEqual(['* list  pods ', '* watch  pods '])
    expect(rules.filter(rule => rule.includes(' approve '))).toEqual([
      '* approve certificates.k8s.io signers kubernetes.io/kube-apiserver-client-kubelet',
      '* approve certificates.k8s.io signers kubernetes.io/kubelet-serving',
    ])
    expect(rules.filter(rule => / (list|watch|update|\*) .* secrets /.test(rule))).toEqual([
      ...['list', 'update'].map(verb => `kube-node-system ${verb}  secrets `),
      'kube-system list  secrets ',
    ])
    expect(rules.filter(rule => rule.includes('* *'))).toEqual([])
  })

  it('let a machine that joins ask for a certificate and read what kubeadm reads, and approve nothing', () => {
    expect(boundTo('system:bootstrappers:kube-node')).toEqual([
      'ClusterRoleBinding ClusterRole system:node-bootstrapper',
      'ClusterRoleBinding ClusterRole kube-node:kubeadm-join',
      'RoleBinding Role kube-node:kubeadm-join',
    ])
    expect(rulesOf('kube-node:kubeadm-join')).toEqual([
      '* get  nodes ',
      ...['kubeadm-config', 'kubelet-config', 'kube-proxy'].map(name => `kube-system get  configmaps ${name}`),
    ])
  })

  it('come to people through the roles that every cluster has, and use of a class through none of them', () => {
    const people = ['view', 'edit', 'admin'].flatMap(name => rulesOf(`kube-node:${name}`))
    expect(people).toContain('* create kube-node.dev nodesets ')
    expect(people.filter(rule => /^\* (use|adopt|administer|bypass|\*) /.test(rule))).toEqual([])
    expect(rulesOf('kube-node:view').every(rule => /^\* (get|list|watch) /.test(rule))).toBe(true)
  })

  it.each<[ManifestOptions, string]>([
    [{}, 'ServiceAccount kube-node-system/kube-node'],
    [{ namespace: 'nodes', serviceAccount: 'operator' }, 'ServiceAccount nodes/operator'],
    [{ user: 'ci' }, 'User ci'],
  ])('with %j go to %s', (options, expected) => {
    const objects = rbac(options)
    const subjects = objects
      .filter(isBinding)
      .filter(({ roleRef }) => roleRef.name === 'kube-node')
      .flatMap(binding =>
        binding.subjects.map(({ kind, namespace, name }) => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`),
      )
    expect(new Set(subjects)).toEqual(new Set([expected]))
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    expect(accounts).toEqual(expected.startsWith('User') ? [] : [expected.replace('ServiceAccount ', '')])
    expect(objects[0]).toMatchObject({ kind: 'Namespace', metadata: { name: options.namespace ?? 'kube-node-system' } })
  })

  it('are the same objects at every call, none twice', () => {
    expect(rbac()).toEqual(rbac())
    const names = manifests().map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
    expect(new Set(names).size).toBe(names.length)
  })
})
