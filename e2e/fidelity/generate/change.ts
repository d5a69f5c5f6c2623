import fc from 'fast-check'
import { keyOf } from '../memory.ts'
import type { SubjectName } from '../resources.ts'
import type { Fields, RequestStep, Value } from '../script.ts'
import { subjects, whole } from '../subjects/index.ts'
import { oneOf } from './chance.ts'
import { back, goodName, marked, metadataName, places, version } from './places.ts'
import { writeQuery } from './query.ts'

export const updates = (resource: SubjectName): fc.Arbitrary<RequestStep> =>
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

export const patches = (resource: SubjectName): fc.Arbitrary<RequestStep> =>
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
