import fc from 'fast-check'
import { isFields, keyOf } from '../memory.ts'
import { type SubjectName, resources } from '../resources.ts'
import type { Fields, RequestStep, Target, Value } from '../script.ts'
import { metadata, subjects, whole } from '../subjects/index.ts'
import { oneOf } from './chance.ts'
import { back, goodName, marked, metadataName, places, uid, version } from './places.ts'
import { trimmed } from './query.ts'

/** Few managers and small pools of content: they have to meet each other's fields, and their own of before. */
const applyQuery: fc.Arbitrary<Fields> = fc
  .record({
    fieldManager: fc.oneof(
      { weight: 12, arbitrary: oneOf('one', 'two', 'kubectl') },
      { weight: 1, arbitrary: oneOf(null, '', 'fidelity') },
    ),
    force: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: oneOf('true', 'true', 'false') }),
    dryRun: fc.oneof({ weight: 10, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: oneOf('All', 'Some') }),
    fieldValidation: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 3, arbitrary: oneOf('Strict', 'Warn', 'Ignore') }),
  })
  .map(trimmed)

const metadataOf = ({ metadata: meta }: Fields): Fields => (isFields(meta) ? meta : {})

const withoutNulls = (value: Value): Value => {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNulls(item)]])))
}

/** What one manager says of an object: all of it, or a few fields. Nulls are few, since most say that a body is wrong. */
const said = (resource: SubjectName): fc.Arbitrary<Fields> => {
  const { content, edit, status } = subjects[resource]
  const parts = fc.oneof(
    { weight: 4, arbitrary: content },
    { weight: 4, arbitrary: edit },
    ...(status === undefined ? [] : [{ weight: 1, arbitrary: status }]),
    { weight: 1, arbitrary: fc.constant<Fields>({}) },
  )
  const meta = fc.oneof({ weight: 2, arbitrary: fc.constant<Fields>({}) }, { weight: 1, arbitrary: metadata })
  return fc.tuple(parts, meta, fc.nat(5)).map(([part, more, nulls]) => {
    const all: Fields = { ...part, metadata: { ...metadataOf(part), ...more } }
    const cleaned = nulls === 0 ? all : withoutNulls(all)
    return isFields(cleaned) ? cleaned : all
  })
}

/** Bodies that are no apply, or about something else. */
const odd = (target: Target, body: Fields): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Value>({ $edit: keyOf(target), back: 0, merge: {}, or: body }) },
    {
      weight: 2,
      arbitrary: fc.constant<Value>({ $edit: keyOf(target), back: 0, merge: { metadata: { managedFields: null } }, or: body }),
    },
    { weight: 2, arbitrary: version(target).map(resourceVersion => ({ ...body, metadata: { ...metadataOf(body), resourceVersion } })) },
    { weight: 1, arbitrary: fc.constant({ ...body, metadata: { ...metadataOf(body), uid: uid(target) } }) },
    {
      weight: 3,
      arbitrary: oneOf<Value>(
        { ...body, kind: 'Other' },
        { ...body, apiVersion: 'example.test/v2' },
        { ...body, kind: '' },
        Object.fromEntries(Object.entries(body).filter(([key]) => key !== 'apiVersion')),
        Object.fromEntries(Object.entries(body).filter(([key]) => key !== 'metadata')),
        { ...body, metadata: { ...metadataOf(body), name: 'other' } },
        { ...body, metadata: { ...metadataOf(body), name: '' } },
        { ...body, metadata: { ...metadataOf(body), namespace: 'elsewhere' } },
        { ...body, metadata: { ...metadataOf(body), managedFields: [] } },
        { ...body, metadata: { ...metadataOf(body), managedFields: null } },
        {
          ...body,
          metadata: {
            ...metadataOf(body),
            managedFields: [{ manager: 'one', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1' }],
          },
        },
        [body],
        'text',
        5,
      ),
    },
  )

const contentType = 'application/apply-patch+yaml'

export const applies = (resource: SubjectName): fc.Arbitrary<RequestStep> =>
  places(resource, goodName).chain(target => {
    const { status } = subjects[resource]
    const wholeOf = (content: Fields): Fields =>
      whole(resource, { name: metadataName(target) }, marked(resource, content, metadataOf(content)))
    const bodies = said(resource).chain(content =>
      fc.oneof({ weight: 12, arbitrary: fc.constant<Value>(wholeOf(content)) }, { weight: 1, arbitrary: odd(target, wholeOf(content)) }),
    )
    const onObject = bodies.map(body => ({ body }))
    const onStatus = (status ?? fc.constant<Fields>({})).chain(content =>
      fc
        .oneof({ weight: 12, arbitrary: fc.constant<Value>(wholeOf(content)) }, { weight: 1, arbitrary: odd(target, wholeOf(content)) })
        .map(body => ({ body, sub: 'status' })),
    )
    return fc
      .tuple(
        fc.oneof({ weight: 4, arbitrary: onObject }, ...(status === undefined ? [] : [{ weight: 1, arbitrary: onStatus }])),
        applyQuery,
      )
      .map(([rest, query]): RequestStep => ({ do: 'request', method: 'PATCH', ...target, query, contentType, ...rest }))
  })

/** Scales are applied, too: of built-in kinds above all, since those of custom ones can not be changed so. */
export const scaleApplies = (resource: SubjectName): fc.Arbitrary<RequestStep> =>
  fc.tuple(places(resource, goodName), oneOf<Value>(0, 1, 2, 7), fc.nat(9), applyQuery, back).map(([target, replicas, dice, query, n]) => {
    const meta: Fields = {
      name: metadataName(target),
      ...(resources[resource].namespaced ? { namespace: `{id}-${target.ns ?? 'x'}` } : {}),
      ...(dice === 0 ? { resourceVersion: { $seen: keyOf(target), at: ['metadata', 'resourceVersion'], back: n, or: '1' } } : {}),
    }
    const scale: Fields = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: meta, spec: dice === 1 ? {} : { replicas } }
    const body = dice === 2 ? { ...scale, kind: 'Other' } : dice === 3 ? { ...scale, status: { replicas: 3 } } : scale
    return { do: 'request', method: 'PATCH', ...target, sub: 'scale', query, contentType, body }
  })
