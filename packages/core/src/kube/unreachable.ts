import { TransportError } from './errors.ts'

/** Codes of Node's TLS that mean: whoever answers there, the kubeconfig's authority has not signed for it. */
const untrusted = /^(UNABLE_TO|CERT_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT)/

/** Codes that mean: there was a connection. */
const broken: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** The error for an answer that did not come, in words that help: where, and what the system said. */
export const unreachable = (server: string, what: string, error: unknown, signal: AbortSignal): TransportError => {
  if (TransportError.is(error)) return error
  if (signal.aborted) return new TransportError(`${what}: aborted`, { cause: signal.reason })
  const { code = '', message } = described(error)
  if (untrusted.test(code)) {
    return new TransportError(`cannot trust ${server}: ${message} (check certificate-authority in the kubeconfig)`, { cause: error })
  }
  return new TransportError(`${broken.has(code) ? 'lost the connection to' : 'cannot reach'} ${server}: ${message}`, { cause: error })
}

const described = (error: unknown): { readonly code?: string; readonly message: string } => {
  if (!(error instanceof Error)) return { message: String(error) }
  // A name with several addresses fails with one error for each and no message of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined
  if (first !== undefined) return described(first)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const message = error.message === '' ? (code ?? error.name) : error.message
  return code === undefined ? { message } : { code, message }
}
