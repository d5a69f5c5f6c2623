import { at, isObject } from '../objects/index.ts'
import type { Cause, ResourceDefinition } from '../schema/index.ts'
import { invalidValue } from '../status/index.ts'

const exactlyOne = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'

/** What is wrong with a question about somebody's rights. */
export const reviewProblems = ({ kind }: ResourceDefinition, body: unknown): readonly Cause[] => {
  if (!kind.endsWith('SubjectAccessReview')) return []
  const spec = at(body, 'spec')
  const { groups, nonResourceAttributes: path, resourceAttributes: resource, user } = isObject(spec) ? spec : {}
  const named = (typeof user === 'string' && user !== '') || (Array.isArray(groups) && groups.length > 0)
  const ofLocal = kind === 'LocalSubjectAccessReview'
  return [
    ...(isObject(resource) === isObject(path) ? [invalidValue('spec', shown(path), exactlyOne)] : []),
    ...(kind.startsWith('Self') || named ? [] : [invalidValue('spec.user', '', 'at least one of user or group must be specified')]),
    ...(ofLocal && isObject(resource) && (at(resource, 'namespace') ?? '') !== (at(body, 'metadata', 'namespace') ?? '')
      ? [invalidValue('spec.resourceAttributes.namespace', at(resource, 'namespace') ?? '', 'must match metadata.namespace')]
      : []),
    ...(ofLocal && isObject(path) ? [invalidValue('spec.nonResourceAttributes', shown(path), 'disallowed on this kind of request')] : []),
  ]
}

/** In Go's own names. */
const shown = (path: unknown): unknown => (isObject(path) ? { Path: at(path, 'path') ?? '', Verb: at(path, 'verb') ?? '' } : null)
