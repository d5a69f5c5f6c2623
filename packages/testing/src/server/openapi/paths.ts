import { subresourcesOf } from '../discovery/index.ts'
import type { JsonObject, ResourceDefinition } from '../schema/index.ts'
import { type Kind, type Operation, builtinDialect, customDialect, pathItem } from './operations.ts'
import { inPath, list, patch, read, remove, removeCollection, write } from './parameters.ts'
import { listTypeName, meta, typeName } from './refs.ts'

const patchTypes = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

/** Types of subresources' bodies that are not the resource itself. */
const foreign: Readonly<Record<string, string>> = {
  Binding: 'io.k8s.api.core.v1.Binding',
  Eviction: 'io.k8s.api.policy.v1.Eviction',
  Scale: 'io.k8s.api.autoscaling.v1.Scale',
  TokenRequest: 'io.k8s.api.authentication.v1.TokenRequest',
}

/** Built-in types that the document of the kind refers to beside its own. */
export const bodiesOf = (definition: ResourceDefinition): readonly string[] =>
  subresourcesOf(definition).flatMap(({ kind }) => foreign[kind] ?? [])

/** Their deletion is answered with the object as it was, that of others with a Status: so their documents say. */
const answeredWithThemselves: ReadonlySet<string> = new Set([
  'CSINode',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'Service',
  'ServiceAccount',
  'StorageClass',
  'VolumeAttachment',
])

/** All paths of a kind, with what may be done there. */
export const pathsOf = (definition: ResourceDefinition): JsonObject => {
  const { group, version, kind, plural, namespaced, verbs, custom } = definition
  const dialect = custom ? customDialect : builtinDialect
  const self: Kind = { group, version, kind }
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const all = `${root}/${plural}`
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : all
  const above = namespaced ? [inPath('namespace')] : []
  const named = `${namespaced ? 'Namespaced' : ''}${kind}`
  const one = typeName(definition)
  const status = meta('Status')

  const listing = (name: string): Operation => ({
    method: 'get',
    action: 'list',
    name,
    about: self,
    parameters: list,
    answer: listTypeName(definition),
    statuses: [200],
  })
  const reading = (about: Kind, type: string, suffix = ''): Operation => ({
    method: 'get',
    action: 'get',
    name: `read${named}${suffix}`,
    about,
    parameters: custom ? read : [],
    answer: type,
    statuses: [200],
  })
  const creating = (about: Kind, type: string, suffix = ''): Operation => ({
    method: 'post',
    action: 'post',
    name: `create${named}${suffix}`,
    about,
    parameters: write,
    body: { type },
    answer: type,
    statuses: [200, 201, 202],
  })
  const replacing = (about: Kind, type: string, suffix = ''): Operation => ({
    method: 'put',
    action: 'put',
    name: `replace${named}${suffix}`,
    about,
    parameters: write,
    body: { type },
    answer: type,
    statuses: [200, 201],
  })
  const patching = (about: Kind, type: string, suffix = ''): Operation => ({
    method: 'patch',
    action: 'patch',
    name: `patch${named}${suffix}`,
    about,
    parameters: patch,
    body: { type: meta('Patch'), media: custom ? patchTypes.filter(each => !each.includes('strategic')) : patchTypes },
    answer: type,
    statuses: custom ? [200] : [200, 201],
  })
  const options = { type: meta('DeleteOptions'), optional: true }
  const deleting: Operation = {
    method: 'delete',
    action: 'delete',
    name: `delete${named}`,
    about: self,
    parameters: remove,
    body: options,
    answer: !custom && answeredWithThemselves.has(kind) ? one : status,
    statuses: [200, 202],
  }
  const deletingAll: Operation = {
    method: 'delete',
    action: 'deletecollection',
    name: `deletecollection${named}`,
    about: self,
    parameters: custom ? list : removeCollection,
    ...(custom ? {} : { body: options }),
    answer: status,
    statuses: [200],
  }
  const when = (verb: string, operation: Operation): readonly Operation[] => (verbs.includes(verb) ? [operation] : [])
  const subresources = subresourcesOf(definition).map(({ name, verbs: its, ...found }) => {
    const body = foreign[found.kind] ?? one
    // Of a custom kind all is told to be about that kind.
    const about = custom ? self : { group: found.group ?? group, version: found.version ?? version, kind: found.kind }
    const suffix = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
    const may = (verb: string, make: typeof reading): readonly Operation[] => (its.includes(verb) ? [make(about, body, suffix)] : [])
    const operations = [...may('get', reading), ...may('create', creating), ...may('update', replacing), ...may('patch', patching)]
    return [`${collection}/{name}/${name}`, pathItem(self, dialect, [...above, inPath('name')], operations)] as const
  })
  return {
    ...(namespaced ? { [all]: pathItem(self, dialect, [], when('list', listing(`list${kind}ForAllNamespaces`))) } : {}),
    [collection]: pathItem(self, dialect, above, [
      ...when('list', listing(`list${named}`)),
      ...when('create', creating(self, one)),
      ...when('deletecollection', deletingAll),
    ]),
    [`${collection}/{name}`]: pathItem(
      self,
      dialect,
      [...above, inPath('name')],
      [
        ...when('get', reading(self, one)),
        ...when('update', replacing(self, one)),
        ...when('delete', deleting),
        ...when('patch', patching(self, one)),
      ],
    ),
    ...Object.fromEntries(subresources),
  }
}
