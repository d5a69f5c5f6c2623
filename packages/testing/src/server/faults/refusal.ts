import type { KubeResponse } from '@kube-node/core/kube'
import { Failure } from '../status/index.ts'

/** As API servers and their proxies say it. */
const words: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'forbidden: refused by an injected fault'],
  408: ['Timeout', 'the request has timed out'],
  409: ['Conflict', 'the object has been modified; please apply your changes to the latest version and try again'],
  429: ['TooManyRequests', 'too many requests, please try again later'],
  500: ['InternalError', 'Internal error occurred: injected fault'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'request did not complete within the allotted timeout'],
}

export const refusalOf = (status: number, retryAfter: number | undefined): KubeResponse => {
  const [reason, message] = words[status] ?? ['', `injected fault: HTTP ${status}`]
  const failure = new Failure(status, reason, message, retryAfter === undefined ? undefined : { retryAfterSeconds: retryAfter })
  return {
    status,
    headers: { 'content-type': 'application/json', ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }) },
    // Border: a Status is JSON.
    body: failure.status() as KubeResponse['body'],
  }
}
