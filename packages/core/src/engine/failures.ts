import { type KubeRequest, type KubeTransport, TransportError } from '../kube/index.ts'
import { errorText } from '../runtime/index.ts'

/** A transport that remembers what went wrong last with each collection that is read, for people who ask why nothing happens. */
export interface ObservedTransport extends KubeTransport {
  /** Empty when the last list or watch of that path went well, or there was none. */
  failureOf(path: string): string
}

export const observeFailures = (transport: KubeTransport): ObservedTransport => {
  /** Of lists and watches alone, whose paths are few; paths of single objects would pile up. */
  const failures = new Map<string, string>()

  const observed = async <T>(request: KubeRequest, answer: Promise<T>, refusal: (answer: T) => string): Promise<T> => {
    const note = (failure: string): void => {
      if (failure === '') failures.delete(request.path)
      else if (isCollection(request)) failures.set(request.path, failure)
    }
    try {
      const answered = await answer
      note(refusal(answered))
      return answered
    } catch (error) {
      // A transport knows only that it was aborted: the deadline's own error says more, and being told to stop is no failure.
      const cause: unknown = request.signal.aborted ? request.signal.reason : error
      if (cause === error || TransportError.is(cause)) note(errorText(cause))
      throw error
    }
  }

  return {
    request: request => observed(request, transport.request(request), ({ status, body }) => (status < 400 ? '' : messageOf(status, body))),
    watch: request => observed(request, transport.watch(request), () => ''),
    failureOf: path => failures.get(path) ?? '',
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }
}

const isCollection = ({ method, query = {} }: KubeRequest): boolean => method === 'GET' && ('limit' in query || 'watch' in query)

const messageOf = (status: number, body: unknown): string =>
  typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string' ? body.message : `HTTP ${status}`
