import { type AnyResource, apiVersionOf } from '../api/index.ts'
import { ApiError } from './errors.ts'

/** What a person can do about an informer that can't follow its kind; empty when only waiting helps. */
export const adviceFor = (error: unknown, resource: AnyResource): string => {
  if (!ApiError.is(error)) return ''
  const kind = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
  switch (error.code) {
    case 401:
      return 'the API server does not know these credentials: check the user or token of the kubeconfig'
    case 403:
      return `grant this identity the verbs get, list and watch on ${kind}`
    case 404:
      return `the API server does not serve ${kind} in ${apiVersionOf(resource)}: install its CustomResourceDefinition`
    default:
      return ''
  }
}
