import { describe, expect, test } from 'vitest'
import { crds } from './crds.ts'
import type { StructuralSchema } from './schema/extensions.ts'

interface Place {
  readonly path: string
  readonly schema: StructuralSchema
}

const places = ({ path, schema }: Place): Place[] => [
  { path, schema },
  ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => places({ path: `${path}.${name}`, schema: field })),
  ...(schema.items ? places({ path: `${path}[]`, schema: schema.items }) : []),
  ...(schema.additionalProperties ? places({ path: `${path}{}`, schema: schema.additionalProperties }) : []),
]
const all = crds().flatMap(crd => places({ path: crd.spec.names.kind, schema: crd.spec.versions[0]?.schema?.openAPIV3Schema ?? {} }))
const fields = all.filter(({ path }) => !/^[A-Za-z]+(\.metadata)?$/.test(path))

describe('the CRDs', () => {
  test('are two, cluster-scoped, in one category, and always the same', () => {
    expect(crds().map(({ metadata, spec }) => [metadata?.name, spec.scope, spec.names.shortNames, spec.names.categories])).toEqual([
      ['nodeclasses.kube-node.dev', 'Cluster', ['nc'], ['kube-node']],
      ['nodesets.kube-node.dev', 'Cluster', ['nset'], ['kube-node']],
    ])
    expect(JSON.stringify(crds())).toBe(JSON.stringify(crds()))
    expect(fields.length).toBeGreaterThan(80)
  })

  test('describe every field, for kubectl explain', () => {
    expect(fields.filter(({ path, schema }) => !/(\[\]|\{\})$/.test(path) && !schema.description).map(({ path }) => path)).toEqual([])
  })

  test('keep unknown fields in the configs alone', () => {
    expect(all.filter(({ schema }) => schema['x-kubernetes-preserve-unknown-fields']).map(({ path }) => path)).toEqual([
      'NodeClass.spec.config',
      'NodeClass.status.connections[].config',
      'NodeSet.spec.template.config',
      'NodeSet.status.group.connection.config',
    ])
  })

  test('bound every text, list and map, so that the cost of the rules is bounded', () => {
    const unbounded = fields.filter(({ path, schema }) => {
      if (schema['x-kubernetes-preserve-unknown-fields'] || /\.(apiVersion|kind)$/.test(path)) return false
      if (schema.type === 'string') return !schema.enum && !schema.format && schema.maxLength === undefined
      if (schema.type === 'array') return schema.maxItems === undefined
      return schema.additionalProperties !== undefined && schema.maxProperties === undefined
    })
    expect(unbounded.map(({ path }) => path)).toEqual([])
  })

  test('say of every list how server-side apply is to merge it', () => {
    const lists = fields.filter(({ schema }) => schema.type === 'array')
    expect(
      lists.map(({ path, schema }) => [path, schema['x-kubernetes-list-type'], ...(schema['x-kubernetes-list-map-keys'] ?? [])].join(' ')),
    ).toEqual([
      'NodeClass.spec.template.taints map key effect',
      'NodeClass.spec.template.startupTaints map key effect',
      'NodeClass.spec.bootstrap.files map path',
      'NodeClass.spec.bootstrap.users map name',
      'NodeClass.spec.bootstrap.users[].sshAuthorizedKeys set',
      'NodeClass.spec.bootstrap.commands atomic',
      'NodeClass.spec.importGroups.ids set',
      'NodeClass.status.resolved atomic',
      'NodeClass.status.connections atomic',
      'NodeClass.status.conditions map type',
      'NodeSet.spec.nodeClassNames atomic',
      'NodeSet.spec.zones atomic',
      'NodeSet.spec.template.taints map key effect',
      'NodeSet.spec.repair.unhealthy atomic',
      'NodeSet.status.conditions map type',
    ])
  })

  test('hold no default below bootstrap, whose hash is the revision', () => {
    expect(all.filter(({ path, schema }) => path.includes('.bootstrap') && schema.default !== undefined)).toEqual([])
  })

  test('give percentages and numbers their own form', () => {
    expect(all.find(({ path }) => path === 'NodeSet.spec.strategy.rollingUpdate.maxSurge')?.schema).toEqual({
      'x-kubernetes-int-or-string': true,
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      default: 1,
      description: 'Nodes above replicas while it rolls: a number, or a percentage that is rounded up. Default: 1.',
      minimum: 0,
      maximum: 1_000_000,
      maxLength: 8,
      pattern: '^(0|[1-9][0-9]*)%$',
    })
  })
})
