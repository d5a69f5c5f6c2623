/** What goes over the wire: a status and JSON, or the end of the connection. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export const ok = (body: object): Answer => ({ status: 200, body })

/** As Compute Engine refuses: https://cloud.google.com/compute/docs/api/troubleshooting-api#error-format */
export const refused = (code: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: code,
  body: {
    error: { code, message, errors: [{ message, domain: code === 403 && reason.endsWith('xceeded') ? 'usageLimits' : 'global', reason }] },
  },
  headers,
})

export const notFound = (what: string): Answer => refused(404, 'notFound', `The resource '${what}' was not found`)
export const unreachable: Answer = refused(503, 'backendError', 'Backend error: zone is unreachable')
export const invalid = (message: string): Answer => refused(400, 'invalid', message)
