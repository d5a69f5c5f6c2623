import fc from 'fast-check'
import { type SubjectName, resources } from '../resources.ts'
import type { Fields, RequestStep } from '../script.ts'
import { metadata, subjects, whole } from '../subjects/index.ts'
import { marked, metadataName, name, places } from './places.ts'
import { writeQuery } from './query.ts'

export const creations = (resource: SubjectName): fc.Arbitrary<RequestStep> =>
  fc
    .tuple(places(resource, name), subjects[resource].content, metadata, writeQuery, fc.nat(999), fc.nat(11))
    .map(([target, content, meta, query, salt, dice]) => {
      const { name: _name, ...collection } = target
      const prefix = resources[resource].namespaced ? '' : '{id}-'
      // A base of its own for each: letters that are drawn leave the order of two of the same base open.
      const called: Fields = dice === 0 ? { generateName: `${prefix}gen${salt}-` } : dice === 1 ? {} : { name: metadataName(target) }
      return { do: 'request', method: 'POST', ...collection, query, body: whole(resource, called, marked(resource, content, meta)) }
    })

/** A body of the script's own making, into a collection. */
export const post = (resource: RequestStep['resource'], body: Fields, ns?: 'x'): RequestStep => ({
  do: 'request',
  method: 'POST',
  resource,
  ...(ns === undefined ? {} : { ns }),
  body,
})
