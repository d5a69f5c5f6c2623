import { jsonObject } from './border.ts'
import { ApiError, type Status } from './errors.ts'
import type { Json, KubeResponse } from './transport.ts'

/** Refusals whose message names objects and identities only. Others (400, 422, 500) may quote what was sent. */
const quoteNothing: readonly number[] = [401, 403, 404, 405, 409, 410, 415, 429, 503, 504]
const longestText = 300

/** The error for an answer that is a refusal. Never holds what a Secret holds, whatever the server quoted. */
export const refusal = (request: { readonly method: string; readonly path: string }, response: KubeResponse): ApiError => {
  const { method, path } = request
  const status = statusOf(response.body)
  const kept = path.split('/').includes('secrets') && !quoteNothing.includes(response.status) ? withoutQuotes(status) : status
  return new ApiError(response.status, kept, `${method} ${path}`, retryAfter(response.headers['retry-after']))
}

/** An API server answers with a Status; a proxy, or an API server without that API group, with any text. */
export const statusOf = (body: Json): Status => {
  if (typeof body === 'string') return body.trim() === '' ? {} : { message: body.trim().slice(0, longestText) }
  // The border: an object that came with a refusal is taken for a Status, all of whose fields are optional.
  return jsonObject(body) ?? {}
}

const withoutQuotes = (status: Status): Status => {
  const { reason, code, details } = status
  const fields = (details?.causes ?? []).map(({ field }) => field).filter(field => field !== undefined)
  const where = fields.length === 0 ? '' : ` in ${fields.join(', ')}`
  return {
    message: `${reason ?? 'refused'}${where} (the server's own words are left out: they may quote the Secret)`,
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
    details: {
      ...(details?.name === undefined ? {} : { name: details.name }),
      ...(details?.kind === undefined ? {} : { kind: details.kind }),
      causes: fields.map(field => ({ field })),
    },
  }
}

/** Kubernetes sends whole seconds; the HTTP-date form is not used by it. */
const retryAfter = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d+$/.test(header) ? Number(header) * 1_000 : undefined

/** What a watch says when it fails. */
export const errorFrom = (object: Json, what: string): ApiError => {
  const status = statusOf(object)
  return new ApiError(status.code ?? 500, status, what)
}
