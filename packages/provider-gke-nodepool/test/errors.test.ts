import { type Call, ProviderError } from '@kube-node/core/provider'
import { keyFiles, startGoogle } from '@kube-node/google-fake'
import type { ServiceAccountKey } from '@kube-node/provider-gce/google'
import { expect, test } from 'vitest'
import { isNotFound, isTaken } from '../src/pools/errors.ts'
import { openServices } from '../src/pools/services.ts'

const clock = { now: () => 0, sleep: async () => undefined }
const call: Call = { signal: new AbortController().signal, deadline: Infinity, clock, log: () => undefined }

const key: ServiceAccountKey = JSON.parse(keyFiles('my-project-1')('controller'))

/** What comes of a body that Google answers. */
const meaning = async (status: number, error: object): Promise<ProviderError> => {
  await using google = await startGoogle()
  google.answering(() => ({ status, body: { error: { code: status, ...error } } }))
  const urls = { container: google.containerUrl, compute: google.url }
  const services = openServices({ project: google.project, location: google.gke.location, cluster: google.gke.cluster, urls, key })
  const thrown: unknown = await services.container
    .ask('nodePools.setSize', { method: 'POST', path: 'x' }, call)
    .catch((caught: unknown) => caught)
  if (!ProviderError.is(thrown)) throw new Error(`it was to fail with an error of the contract: ${String(thrown)}`)
  return thrown
}

const said = (reason: string, status: string, message: string): object => ({
  message,
  status,
  errors: [{ message, domain: 'global', reason }],
  details: [{ '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: '0xe7ae075979bd6d29' }],
})
const operation = 'operation-1731137433803-29e34938-9333-469b-b14f-5bdf10b143d2'

test.each([
  ['Busy', 'none', 400, said('failedPrecondition', 'FAILED_PRECONDITION', `Cluster is running incompatible operation ${operation}.`)],
  [
    'Busy',
    'none',
    400,
    {
      message: `Cluster is running incompatible operation ${operation}.`,
      status: 'FAILED_PRECONDITION',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'CLUSTER_ALREADY_HAS_OPERATION',
          domain: 'container.googleapis.com',
        },
      ],
    },
  ],
  [
    'Busy',
    'none',
    400,
    said(
      'failedPrecondition',
      'FAILED_PRECONDITION',
      `Operation ${operation} is currently deleting a node pool for cluster main. Please wait and try again once it is done.`,
    ),
  ],
  [
    'Busy',
    'none',
    400,
    said(
      'badRequest',
      'INVALID_ARGUMENT',
      `Operation ${operation} is currently upgrading cluster main. Please wait and try again once it is done.`,
    ),
  ],
  [
    'Busy',
    'none',
    429,
    said(
      'rateLimitExceeded',
      'RESOURCE_EXHAUSTED',
      'Too many operations: cluster "main" hits the concurrent operations quota 5, please try again later.',
    ),
  ],
  ['RateLimited', 'none', 429, said('rateLimitExceeded', 'RESOURCE_EXHAUSTED', "Quota exceeded for quota metric 'Requests'")],
  [
    'QuotaExceeded',
    'none',
    403,
    said(
      'forbidden',
      'PERMISSION_DENIED',
      "Insufficient regional quota to satisfy request: resource \"CPUS\": request requires '9.0' and is short '1.0'.",
    ),
  ],
  [
    'Unauthorized',
    'none',
    403,
    said('forbidden', 'PERMISSION_DENIED', 'Required "container.clusters.update" permission(s) for "projects/my-project-1".'),
  ],
  ['InvalidConfig', 'none', 400, said('badRequest', 'INVALID_ARGUMENT', 'Invalid machine type: "z99" is not a valid machine type.')],
  ['NotFound', undefined, 404, said('notFound', 'NOT_FOUND', 'Not found: projects/p/locations/l/clusters/main/nodePools/a.')],
  ['Unavailable', undefined, 503, said('backendError', 'UNAVAILABLE', 'The service is currently unavailable.')],
  ['Unavailable', undefined, 500, said('internalError', 'INTERNAL', 'Internal error encountered.')],
])('%s (outcome %s) is %i %o', async (code, outcome, status, body) => {
  const error = await meaning(status, body)
  expect([error.code, error.facts.outcome]).toEqual([code, outcome])
})

test('a name that is taken is told from all else', async () => {
  const taken = await meaning(
    409,
    said('alreadyExists', 'ALREADY_EXISTS', 'Already exists: projects/p/locations/l/clusters/main/nodePools/a.'),
  )
  expect([isTaken(taken), isNotFound(taken), taken.facts.outcome]).toEqual([true, false, undefined])
  const gone = await meaning(404, said('notFound', 'NOT_FOUND', 'Not found.'))
  expect([isTaken(gone), isNotFound(gone)]).toEqual([false, true])
})
