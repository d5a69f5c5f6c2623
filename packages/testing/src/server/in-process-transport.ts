import {
  ApiError,
  type KubeRequest,
  type KubeResponse,
  type KubeStream,
  type KubeTransport,
  type Status,
  TransportError,
} from '@kube-node/core/kube'
import type { Door } from './faults/index.ts'
import type { Answer, ServedStream } from './handler/index.ts'
import { normalised } from './objects/index.ts'
import type { User } from './request/index.ts'

export interface InProcessOptions {
  readonly door: Door
  readonly user: User
  /** Is the server still there? */
  isOpen(): boolean
}

/** A client's way to the server without a socket: bodies are normalised through JSON once, answers are the server's own frozen objects. */
export const inProcessTransport = ({ door, user, isOpen }: InProcessOptions): KubeTransport => {
  const watches = new Set<ServedStream>()
  let open = true

  const ask = (request: KubeRequest): Answer | Promise<Answer> => {
    const what = `${request.method} ${request.path}`
    if (request.signal.aborted) throw new TransportError(`${what}: aborted`, { cause: request.signal.reason })
    if (!open || !isOpen()) throw new TransportError(`${what}: the embedded API server is closed`, { cause: undefined })
    const { body, signal, ...rest } = request
    return door(body === undefined ? rest : { ...rest, body: normalised(body) }, user, signal)
  }

  return {
    async request(request): Promise<KubeResponse> {
      // Awaited only where something is wrong: in a simulation every turn of the event loop counts.
      const asked = ask(request)
      const answer = asked instanceof Promise ? await asked : asked
      if (answer.type === 'response') return answer.response
      await answer.stream[Symbol.asyncDispose]()
      throw new TypeError(`GET ${request.path} is a watch: open it with watch()`)
    },
    async watch(request): Promise<KubeStream> {
      const query = { ...request.query, watch: '1' }
      const asked = ask({ ...request, query })
      const answer = asked instanceof Promise ? await asked : asked
      if (answer.type === 'response') {
        // Border: what is refused is answered with a Status.
        throw new ApiError(answer.response.status, answer.response.body as Status, `watch ${request.path}`)
      }
      const { stream } = answer
      watches.add(stream)
      const onAbort = (): void => stream.break(new TransportError(`watch ${request.path}: aborted`, { cause: request.signal.reason }))
      request.signal.addEventListener('abort', onAbort, { once: true })
      stream.onClose(() => {
        watches.delete(stream)
        request.signal.removeEventListener('abort', onAbort)
      })
      return stream
    },
    async [Symbol.asyncDispose]() {
      open = false
      for (const stream of watches) stream.break(new TransportError('the transport was closed', { cause: undefined }))
    },
  }
}
