import fc from 'fast-check'
import { keyOf } from './memory.ts'
import { metadata, subjects, whole } from './objects.ts'
import { type ResourceName, resources } from './resources.ts'
import type { Fields, Namespace, RequestStep, Script, Step, Target, Value } from './script.ts'
import { gadgetDefinition } from './widget.ts'

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

const name = fc.oneof(
  { weight: 8, arbitrary: oneOf('a', 'b', 'c') },
  { weight: 1, arbitrary: oneOf('Bad_Name', 'x'.repeat(254), 'dot.ted', '-a') },
)
const goodName = oneOf('a', 'b', 'c')
const namespace = fc.oneof({ weight: 5, arbitrary: fc.constant<Namespace>('x') }, { weight: 1, arbitrary: fc.constant<Namespace>('y') })

/** Query parameters of every kind of write. */
const writeQuery: fc.Arbitrary<Fields> = fc
  .record({
    dryRun: fc.oneof(
      { weight: 14, arbitrary: fc.constant(null) },
      { weight: 2, arbitrary: fc.constant('All') },
      { weight: 1, arbitrary: oneOf('Some', '') },
    ),
    fieldValidation: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 5, arbitrary: oneOf('Strict', 'Warn', 'Ignore') },
      { weight: 1, arbitrary: fc.constant('Odd') },
    ),
    fieldManager: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: oneOf('one', 'two') }),
  })
  .map(trimmed)

function trimmed(query: Fields): Fields {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null))
}

const accept = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: oneOf(
      'application/json;as=Table;v=v1;g=meta.k8s.io',
      'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
      'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    ),
  },
)
const withAccept = <S extends Step>(step: fc.Arbitrary<S>): fc.Arbitrary<S> =>
  fc.tuple(step, accept).map(([s, as]) => (as === undefined ? s : { ...s, accept: as }))

const back = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: oneOf(1, 2) })
const version = (target: Target): fc.Arbitrary<Value> =>
  back.map(n => ({ $seen: keyOf(target), at: ['metadata', 'resourceVersion'], back: n, or: '1' }))
const uid = (target: Target): Value => ({
  $seen: keyOf(target),
  at: ['metadata', 'uid'],
  back: 0,
  or: '44444444-4444-4444-8444-444444444444',
})

const places = (resource: ResourceName, names: fc.Arbitrary<string>): fc.Arbitrary<Target & { readonly name: string }> =>
  fc.tuple(names, namespace).map(([n, ns]) => ({ resource, name: n, ...(resources[resource].namespaced ? { ns } : {}) }))

const metadataName = ({ resource, name: n = '' }: Target): string => (resources[resource].namespaced ? n : `{id}-${n}`)

/** Cluster-scoped objects of all scripts lie side by side: those of this one are known by a label. */
const marked = (resource: ResourceName, content: Fields, meta: Fields): Fields => {
  const { labels } = meta
  const own = typeof labels === 'object' && labels !== null && !Array.isArray(labels) ? (labels as Fields) : {}
  return resources[resource].namespaced
    ? { ...content, metadata: meta }
    : { ...content, metadata: { ...meta, labels: { ...own, script: '{id}' } } }
}

const selectors = oneOf(
  'app=a',
  'app!=a',
  'app in (a,b)',
  'app',
  '!app',
  'app=a,tier=front',
  'app notin (a)',
  'app==b',
  'app=a b',
  'app in a',
  'x y',
)
const fieldSelectors: Readonly<Partial<Record<ResourceName, readonly string[]>>> = {
  pods: ['spec.nodeName={id}-a', 'status.phase=Pending', 'spec.nodeName!={id}-a'],
  nodes: ['spec.unschedulable=true'],
  secrets: ['type=Opaque'],
  events: ['reason=Made', 'involvedObject.name=a', 'type!=Normal'],
  namespaces: ['status.phase=Active'],
}

const selection = (resource: ResourceName): fc.Arbitrary<Fields> =>
  fc
    .record({
      labelSelector: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: selectors }),
      fieldSelector: fc.oneof(
        { weight: 5, arbitrary: fc.constant(null) },
        {
          weight: 1,
          arbitrary: oneOf(
            resources[resource].namespaced ? 'metadata.name=a' : 'metadata.name={id}-a',
            ...(fieldSelectors[resource] ?? []),
          ),
        },
      ),
    })
    .map(query => {
      if (resources[resource].namespaced) return trimmed(query)
      const own = query.labelSelector === null ? 'script={id}' : `script={id},${query.labelSelector}`
      return trimmed({ ...query, labelSelector: own })
    })

const creations = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  fc
    .tuple(places(resource, name), subjects[resource].content, metadata, writeQuery, fc.nat(999), fc.nat(11))
    .map(([target, content, meta, query, salt, dice]) => {
      const { name: _name, ...collection } = target
      const prefix = resources[resource].namespaced ? '' : '{id}-'
      // A base of its own for each: letters that are drawn leave the order of two of the same base open.
      const called: Fields = dice === 0 ? { generateName: `${prefix}gen${salt}-` } : dice === 1 ? {} : { name: metadataName(target) }
      return { do: 'request', method: 'POST', ...collection, query, body: whole(resource, called, marked(resource, content, meta)) }
    })

const updates = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  places(resource, goodName).chain(target => {
    const { content, edit, status } = subjects[resource]
    const edits = status === undefined ? edit : fc.oneof(edit, status)
    return fc.tuple(content, edits, writeQuery, back, fc.nat(9), fc.nat(7)).map(([fresh, merge, query, n, dice, unversioned]) => {
      const sub = dice < 3 ? { sub: 'status' } : {}
      const or = whole(resource, { name: metadataName(target) }, marked(resource, fresh, {}))
      const change =
        unversioned === 0 ? { ...merge, metadata: { resourceVersion: null, ...(merge['metadata'] as Fields | undefined) } } : merge
      return {
        do: 'request',
        method: 'PUT',
        ...target,
        ...(status === undefined ? {} : sub),
        query,
        body: { $edit: keyOf(target), back: n, merge: change, or },
      }
    })
  })

const patches = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  places(resource, goodName).chain(target => {
    const { edit, status, jsonPatch } = subjects[resource]
    const edits = status === undefined ? edit : fc.oneof(edit, status)
    const merge = fc.tuple(
      edits,
      oneOf('application/merge-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json'),
    )
    const json = fc.tuple(jsonPatch, fc.constant('application/json-patch+json'))
    const versioned = fc.tuple(version(target), edits).map(([resourceVersion, change]) => {
      const body: Value = { ...change, metadata: { ...(change['metadata'] as Fields | undefined), resourceVersion } }
      return [body, 'application/merge-patch+json'] as const
    })
    const content: fc.Arbitrary<readonly [Value, string]> = fc.oneof(
      { weight: 5, arbitrary: merge },
      { weight: 3, arbitrary: json },
      { weight: 1, arbitrary: versioned },
      { weight: 1, arbitrary: fc.tuple(edits, oneOf('application/json', 'text/plain')) },
    )
    return fc.tuple(content, writeQuery, fc.nat(9)).map(([[body, contentType], query, dice]) => ({
      do: 'request',
      method: 'PATCH',
      ...target,
      ...(status !== undefined && dice < 3 ? { sub: 'status' } : {}),
      query,
      contentType,
      body,
    }))
  })

const removals = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  places(resource, goodName).chain(target =>
    fc
      .tuple(
        fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: oneOf('Background', 'Foreground', 'Orphan', 'Odd') }),
        fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: oneOf(0, 10, 1, -1) }),
        fc.oneof(
          { weight: 6, arbitrary: fc.constant({}) },
          { weight: 1, arbitrary: version(target).map(resourceVersion => ({ resourceVersion })) },
          { weight: 1, arbitrary: fc.constant({ uid: uid(target) }) },
          { weight: 1, arbitrary: fc.constant({ uid: '55555555-5555-4555-8555-555555555555' }) },
        ),
        fc.nat(9),
        fc.boolean(),
      )
      .map(([propagationPolicy, gracePeriodSeconds, preconditions, dry, inBody]) => {
        const options = trimmed({
          propagationPolicy: resource === 'namespaces' ? null : propagationPolicy,
          gracePeriodSeconds,
          ...(dry === 0 ? { dryRun: inBody ? ['All'] : 'All' } : {}),
        })
        const step: RequestStep = { do: 'request', method: 'DELETE', ...target }
        const conditional = Object.keys(preconditions).length > 0
        if (!inBody && !conditional) return { ...step, query: options }
        const dryRun = dry === 0 ? { dryRun: ['All'] } : {}
        return {
          ...step,
          body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options, ...dryRun, ...(conditional ? { preconditions } : {}) },
        }
      }),
  )

const lists = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  fc
    .tuple(
      selection(resource),
      fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: oneOf(1, 2) }),
      fc.oneof(
        { weight: 4, arbitrary: fc.constant<Fields>({}) },
        { weight: 1, arbitrary: fc.constant<Fields>({ resourceVersion: '0' }) },
        { weight: 1, arbitrary: fc.constant<Fields>({ continue: { $list: resource, at: ['continue'], back: 0, or: '' } }) },
        {
          weight: 1,
          arbitrary: oneOf('Exact', 'NotOlderThan', 'Odd').map(match => ({
            resourceVersion: { $list: resource, at: ['resourceVersion'], back: 0, or: '' },
            resourceVersionMatch: match,
          })),
        },
        {
          weight: 1,
          arbitrary: oneOf<Fields>(
            { resourceVersion: 'abc' },
            { fieldSelector: 'metadata.nothing=a' },
            { resourceVersionMatch: 'Exact' },
            { resourceVersion: '0', resourceVersionMatch: 'Exact' },
            { continue: 'nonsense' },
            { sendInitialEvents: 'true' },
            { limit: 'many' },
          ),
        },
      ),
      fc.oneof(
        { weight: 4, arbitrary: fc.constant<Namespace | undefined>('x') },
        { weight: 1, arbitrary: oneOf<Namespace | undefined>('y') },
      ),
    )
    .map(([query, limit, at, ns]) => ({
      do: 'request',
      method: 'GET',
      resource,
      ...(ns !== undefined && resources[resource].namespaced ? { ns } : {}),
      query: { ...query, ...(limit === null || !resources[resource].namespaced ? {} : { limit }), ...at },
    }))

const gets = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  fc.tuple(places(resource, goodName), fc.nat(9)).map(([target, dice]) => ({
    do: 'request',
    method: 'GET',
    ...target,
    ...(dice === 0 ? { sub: 'status' } : dice === 1 ? { sub: 'nothing' } : {}),
  }))

const collectionRemovals = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  fc.tuple(selection(resource), fc.nat(4)).map(([query, dice]) => ({
    do: 'request',
    method: 'DELETE',
    resource,
    ...(resources[resource].namespaced ? { ns: 'x' as const } : {}),
    query: dice === 0 ? { ...query, dryRun: 'All' } : query,
  }))

const watches = (resource: ResourceName): fc.Arbitrary<Step> =>
  fc
    .tuple(
      selection(resource),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant<Fields>({ resourceVersion: '0' }) },
        { weight: 3, arbitrary: fc.constant<Fields>({ resourceVersion: { $list: resource, at: ['resourceVersion'], back: 0, or: '0' } }) },
        { weight: 1, arbitrary: fc.constant<Fields>({}) },
        {
          weight: 2,
          arbitrary: fc.constant<Fields>({ sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' }),
        },
        {
          weight: 1,
          arbitrary: oneOf<Fields>(
            { sendInitialEvents: 'true' },
            { resourceVersionMatch: 'Exact' },
            { resourceVersion: 'abc' },
            { sendInitialEvents: 'false', resourceVersionMatch: 'NotOlderThan' },
          ),
        },
      ),
    )
    .map(([query, at]) => ({
      do: 'watch',
      resource,
      ...(resources[resource].namespaced ? { ns: 'x' as const } : {}),
      query: { ...query, ...at },
    }))

const scales = (resource: ResourceName): fc.Arbitrary<RequestStep> =>
  places(resource, goodName).chain(target =>
    fc.tuple(oneOf<Value>(2, 7, 0, -1, 12), fc.nat(3), writeQuery).map(([replicas, dice, query]) => {
      const at = { do: 'request' as const, ...target, sub: 'scale' }
      if (dice === 0) return { ...at, method: 'GET' }
      if (dice === 1) return { ...at, method: 'PATCH', query, body: { spec: { replicas } } }
      const resourceVersion: Fields =
        dice === 2 ? { resourceVersion: { $seen: keyOf(target), at: ['metadata', 'resourceVersion'], back: 0, or: '1' } } : {}
      const scaleName = metadataName(target)
      return {
        ...at,
        method: 'PUT',
        query,
        body: {
          apiVersion: 'autoscaling/v1',
          kind: 'Scale',
          metadata: { name: scaleName, ...(target.ns === undefined ? {} : { namespace: `{id}-${target.ns}` }), ...resourceVersion },
          spec: { replicas },
        },
      }
    }),
  )

const evictions: fc.Arbitrary<RequestStep> = fc.tuple(places('pods', goodName), writeQuery, fc.nat(5)).map(([target, query, dice]) => ({
  do: 'request',
  method: 'POST',
  ...target,
  sub: 'eviction',
  query,
  body: {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: dice === 0 ? 'other' : target.name, namespace: `{id}-${target.ns}` },
    ...(dice === 1
      ? { deleteOptions: { gracePeriodSeconds: 0 } }
      : dice === 2
        ? { deleteOptions: { preconditions: { uid: uid(target) } } }
        : {}),
  },
}))

/** Steps about one kind, as often as people do them. */
export const stepsOf = (resource: ResourceName): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 6, arbitrary: withAccept(creations(resource)) },
    { weight: 5, arbitrary: updates(resource) },
    { weight: 5, arbitrary: withAccept(patches(resource)) },
    { weight: 3, arbitrary: withAccept(lists(resource)) },
    { weight: 2, arbitrary: withAccept(gets(resource)) },
    { weight: 2, arbitrary: removals(resource) },
    {
      weight: 1,
      arbitrary: withAccept(watches(resource)).filter(
        ({ accept: as, query }) => as === undefined || (!as.includes('MetadataList') && query?.['sendInitialEvents'] === undefined),
      ),
    },
    ...(resource === 'namespaces' ? [] : [{ weight: 1, arbitrary: collectionRemovals(resource) }]),
    ...(resource === 'widgets' || resource === 'nodesets' || resource === 'configmaps' ? [{ weight: 1, arbitrary: scales(resource) }] : []),
    ...(resource === 'pods' ? [{ weight: 2, arbitrary: evictions }] : []),
  )

const definition: Target = { resource: 'customresourcedefinitions', name: 'gadgets.{id}.example.test' }

const definitionSteps: fc.Arbitrary<Step> = fc.tuple(oneOf(10, 40), fc.boolean(), fc.nat(5)).map(([maximum, extra, dice]): Step => {
  const wanted = gadgetDefinition(maximum, extra)
  if (dice < 2) return { do: 'request', method: 'POST', resource: 'customresourcedefinitions', body: wanted }
  if (dice < 4)
    return {
      do: 'request',
      method: 'PUT',
      ...definition,
      body: { $edit: keyOf(definition), back: 0, merge: { spec: wanted['spec'] ?? null }, or: wanted },
    }
  return { do: 'request', method: 'GET', ...definition }
})

const usual: readonly ResourceName[] = [
  'configmaps',
  'secrets',
  'pods',
  'events',
  'nodes',
  'namespaces',
  'leases',
  'poddisruptionbudgets',
  'nodeclasses',
  'nodesets',
  'widgets',
]

/** A script is about one to three kinds, so that its steps meet each other. */
export const scripts = (longest: number, kinds: readonly ResourceName[] = usual): fc.Arbitrary<Script> =>
  fc
    .uniqueArray(oneOf(...kinds), { minLength: 1, maxLength: 3 })
    .chain(chosen =>
      fc.array(fc.oneof(...chosen.map(stepsOf)), { minLength: 1, maxLength: longest, size: 'max' }).map(steps => ({ steps })),
    )

/** The life of a custom kind. Each change of a definition takes a moment, so these scripts are few. */
export const definitionScripts = (longest: number): fc.Arbitrary<Script> =>
  fc
    .array(fc.oneof({ weight: 1, arbitrary: definitionSteps }, { weight: 4, arbitrary: stepsOf('gadgets') }), {
      minLength: 1,
      maxLength: longest,
      size: 'max',
    })
    .map(steps => ({
      steps: [
        { do: 'request', method: 'POST', resource: 'customresourcedefinitions', body: gadgetDefinition(10, false) } as const,
        ...steps,
        { do: 'request', method: 'DELETE', ...definition } as const,
      ],
    }))
