import type { Json, KubeRequest, KubeResponse, KubeStream, TransportError } from '@kube-node/core/kube'
import type { Admission } from '../admission/index.ts'
import { admitUser } from '../authorization/index.ts'
import type { Context } from '../context.ts'
import { eventRenderer, includeObjectOf, render, shapeOf } from '../negotiation/index.ts'
import type { JsonObject } from '../objects/index.ts'
import { type Call, type ResourcePath, type User, type Verb, parseResourcePath } from '../request/index.ts'
import { Failure, expired, internal, nothingHere } from '../status/index.ts'
import { TooOld, watch } from '../verbs/index.ts'
import { checkServed, dispatch, verbOf } from './dispatch.ts'
import { nonResource } from './non-resource.ts'
import { warningHeader } from './warning-header.ts'

/** A request as the handler takes it: the body is frozen JSON already. */
export type HandledRequest = Pick<KubeRequest, 'method' | 'path' | 'query' | 'headers'> & { readonly body?: unknown }

export type Answer =
  | { readonly type: 'response'; readonly response: KubeResponse }
  | { readonly type: 'watch'; readonly stream: ServedStream }

/** A watch with the end that its client does not see. */
export interface ServedStream extends KubeStream {
  /** The connection is gone: whoever waits hears the error, nothing more is told. */
  break(error: TransportError): void
  /** Called once, when nothing more will be told. */
  onClose(closer: () => void): void
}

/** One answered request, for those who count them. */
export interface RequestRecord {
  readonly verb: Verb | string
  /** Plural of the kind; empty for paths that are not about objects. */
  readonly resource: string
  readonly group: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  readonly path: string
  readonly user: string
  readonly userAgent: string
  /** HTTP status of the answer; 200 for a watch that was opened. */
  readonly status: number
}

export interface HandlerOptions {
  readonly context: Context
  readonly admission: Admission
  /** Carries out what writes leave to be done (CRDs to serve, garbage to note). Called after each request that may have written. */
  afterWrite(): void
  /** Called after each request; what it is told is made only when somebody listens. */
  record(make: () => RequestRecord): void
  /** `host:port`, as discovery names it. */
  address(): string
}

/** The server itself: a request in, an answer out, at once. Sockets and transports are only ways to get here. */
export type Handler = (request: HandledRequest, asker: User) => Answer

export const createHandler = ({ context, admission, afterWrite, record, address }: HandlerOptions): Handler => {
  const answer = (request: HandledRequest, asker: User): Answer => {
    const path = parseResourcePath(request.path)
    const { headers = {}, query = {} } = request
    const verb = path === undefined ? request.method.toLowerCase() : verbName(request.method, path, query)
    const user = admitUser(context.security, asker, headers, { verb, path: request.path, resource: path, query })
    const served = path === undefined ? undefined : context.registry.find(path.group, path.version, path.plural)
    // The server of custom kinds says "not found" in plain text where the one of built-in kinds has a Status.
    const unknown =
      served === undefined
        ? !context.registry.servesBuiltin(path?.group ?? '', path?.version)
        : served.custom && !served.namespaced && path?.namespace !== undefined
    if (path === undefined || unknown) {
      const { body, status, headers: its } = nonResource(context, request, address())
      return { type: 'response', response: { status, headers: its, body: asJson(body) } }
    }
    if (served === undefined) throw nothingHere()
    return aboutObjects(request, user, path, served)
  }

  const aboutObjects = (request: HandledRequest, user: User, path: ResourcePath, definition: Call['definition']): Answer => {
    const { headers = {}, query = {} } = request
    const verb = verbOf(request.method, path, query)
    checkServed(definition, path, verb)
    const shape = shapeOf(headers['accept'])
    const call: Call = {
      verb,
      definition,
      namespace: path.namespace,
      name: path.name,
      subresource: path.subresource,
      query,
      headers,
      body: request.body,
      user,
      warnings: [],
      emptyMaps: new Set(),
    }
    const includeObject = includeObjectOf(shape === 'Table' ? (query['includeObject'] ?? '') : '')
    const rendering = { shape, definition, now: () => context.runtime.clock.now(), includeObject }
    if (verb === 'watch') return { type: 'watch', stream: watch(context, call, eventRenderer(rendering)) }
    const served = (): KubeResponse => {
      const admit = admission.judgeOf(call)
      const outcome = dispatch(admit === undefined ? context : { ...context, admit }, call)
      if (verb !== 'get' && verb !== 'list') afterWrite()
      return {
        status: outcome.type === 'list' ? 200 : outcome.status,
        headers: { 'content-type': 'application/json' },
        body: asJson(render(outcome, rendering)),
      }
    }
    return { type: 'response', response: warned(orRefusal(context, served), call.warnings) }
  }

  return (request, asker) => {
    let answered: Answer
    try {
      answered = answer(request, asker)
    } catch (error) {
      answered = { type: 'response', response: refusal(context, error) }
    }
    record(() => recordOf(request, asker, answered))
    return answered
  }
}

const orRefusal = (context: Context, served: () => KubeResponse): KubeResponse => {
  try {
    return served()
  } catch (error) {
    return refusal(context, error)
  }
}

/** With what the client should know beside the answer: a refused request was decoded, too. */
const warned = (response: KubeResponse, warnings: readonly string[]): KubeResponse => {
  const warning = warningHeader(warnings)
  return warning === undefined ? response : { ...response, headers: { ...response.headers, warning } }
}

const refusal = (context: Context, error: unknown): KubeResponse => {
  if (error instanceof TooOld) return response(expired(error.message), error.metadata)
  if (error instanceof Failure) return response(error)
  context.log('error', 'the embedded API server failed', { error: error instanceof Error ? error.stack : String(error) })
  return response(internal(error instanceof Error ? error.message : String(error)))
}

const response = (failure: Failure, metadata?: JsonObject): KubeResponse => {
  const seconds = failure.details?.retryAfterSeconds
  return {
    status: failure.code,
    headers: { 'content-type': 'application/json', ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }) },
    body: asJson(failure.status(metadata)),
  }
}

// Border: what the server answers is JSON by construction; the transport's type says so in its own words.
const asJson = (body: JsonObject | string): Json => body as Json

const recordOf = (request: HandledRequest, asker: User, answer: Answer): RequestRecord => ({
  ...asked(request, asker),
  status: answer.type === 'watch' ? 200 : answer.response.status,
})

/** What a request is about, before anybody has judged it. */
export const asked = (request: HandledRequest, asker: User): Omit<RequestRecord, 'status'> => {
  const path = parseResourcePath(request.path)
  const { headers = {}, query = {} } = request
  return {
    verb: path === undefined ? request.method.toLowerCase() : verbName(request.method, path, query),
    resource: path?.plural ?? '',
    group: path?.group ?? '',
    subresource: path?.subresource ?? '',
    namespace: path?.namespace ?? '',
    name: path?.name ?? '',
    path: request.path,
    user: headers['impersonate-user'] ?? asker.username,
    userAgent: headers['user-agent'] ?? '',
  }
}

const verbName = (method: string, path: ResourcePath, query: Readonly<Record<string, string>>): string => {
  try {
    return verbOf(method, path, query)
  } catch (error) {
    if (error instanceof Failure) return method.toLowerCase()
    throw error
  }
}
