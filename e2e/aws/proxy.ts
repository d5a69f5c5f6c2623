import { type ServerResponse, createServer } from 'node:http'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { type IsTerminated, clientTokens } from './tokens.ts'
import { type AwsAnswer, type AwsRequest, forward, readRequest, turnedAway } from './wire.ts'

export interface ProxyOptions {
  /** Where moto is. */
  readonly to: string
  /** The smallest page that EC2 gives is 5; no request gets a larger one here. */
  readonly pageSize: number
  readonly zoneOf: (subnet: string) => string
  readonly isTerminated: IsTerminated
  /** Terminates these instances, and all that AWS deletes with them. Default: as moto does. */
  readonly terminating?: (ids: readonly string[], run: () => Promise<AwsAnswer>) => Promise<AwsAnswer>
  /** An access key that AWS does not know. */
  readonly refusedKey: string
  /** How other actions than those of EC2 are carried out. Default: as moto does. */
  readonly mended?: Mended
}

/** Carries a request out, or refuses it. */
export type Mended = (request: AwsRequest, run: () => Promise<AwsAnswer>) => Promise<AwsAnswer>

/** What becomes of a request, instead of an answer. `lost`: it is carried out first. */
export type Fate = 'lost' | 'cut' | 'hang'

/** AWS in front of moto: what moto forgives or never does. */
export interface AwsProxy extends AsyncDisposable {
  readonly url: string
  /** The next request of that action. */
  next(action: string, fate: Fate): void
  /** Answers in moto's place; the last one that answers counts. Undefined: as usual. Answers how to take it back. */
  answering(rule: (request: AwsRequest) => AwsAnswer | Fate | undefined): () => void
  /** Answers that never arrive, whatever they say: asked when they are known. Answers how to take it back. */
  losing(rule: (request: AwsRequest, answer: AwsAnswer) => boolean): () => void
  /** Changes answers of moto's. Answers how to take it back. */
  changing(rule: (request: AwsRequest, answer: AwsAnswer) => AwsAnswer): () => void
  /** What somebody does just before the next request of that action is carried out. */
  before(action: string, work: () => Promise<unknown>): void
  /** Milliseconds before each answer. */
  delay(ms: number): void
  /** Requests so far, by action. */
  readonly calls: ReadonlyMap<string, number>
}

export const startProxy = async ({
  to,
  pageSize,
  zoneOf,
  isTerminated,
  terminating,
  refusedKey,
  mended,
}: ProxyOptions): Promise<AwsProxy> => {
  const fates = new Map<string, Fate>()
  const rules = new Set<(request: AwsRequest) => AwsAnswer | Fate | undefined>()
  const changes = new Set<(request: AwsRequest, answer: AwsAnswer) => AwsAnswer>()
  const losses = new Set<(request: AwsRequest, answer: AwsAnswer) => boolean>()
  const works = new Map<string, () => Promise<unknown>>()
  const calls = new Map<string, number>()
  const known = clientTokens(isTerminated)
  let delayMs = 0

  const fateOf = (request: AwsRequest): AwsAnswer | Fate | undefined => {
    const next = fates.get(request.action)
    fates.delete(request.action)
    if (next) return next
    const answers = [...rules].map(rule => rule(request)).filter(answer => answer !== undefined)
    return answers.at(-1)
  }

  const carriedOut = async (request: AwsRequest): Promise<AwsAnswer> => {
    const { action, form, headers } = request
    if (headers['authorization']?.includes(refusedKey)) return turnedAway(request)
    const most = form.get('MaxResults')
    if (most !== null) form.set('MaxResults', String(Math.min(Number(most), pageSize)))
    const records = form.get('MaxRecords')
    if (records !== null) form.set('MaxRecords', String(Math.min(Number(records), pageSize)))
    const work = works.get(action)
    works.delete(action)
    await work?.()
    const run = (): Promise<AwsAnswer> => forward(to, request)
    if (action === 'TerminateInstances' && terminating) {
      return terminating(
        [...form].flatMap(([key, id]) => (key.startsWith('InstanceId.') ? id : [])),
        run,
      )
    }
    if (action !== 'RunInstances') return mended ? mended(request, run) : run()
    const subnet = form.get('SubnetId') ?? form.get('NetworkInterface.1.SubnetId')
    const zone = subnet === null ? (form.get('Placement.AvailabilityZone') ?? '') : zoneOf(subnet)
    return known(request, zone, run)
  }

  const serve = async (request: AwsRequest, response: ServerResponse): Promise<void> => {
    calls.set(request.action, (calls.get(request.action) ?? 0) + 1)
    const fate = fateOf(request)
    if (fate === 'hang') return
    if (fate === 'cut') return void response.destroy()
    const plain = typeof fate === 'object' ? fate : await carriedOut(request)
    const answer = [...changes].reduce((changed, rule) => rule(request, changed), plain)
    if (delayMs > 0) await setTimeout(delayMs)
    // Each of them counts, whatever the others say.
    const isLost = [...losses].map(rule => rule(request, answer)).includes(true)
    if (fate === 'lost' || isLost) return void response.destroy()
    response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body)
  }

  const server = createServer((incoming, response) => {
    readRequest(incoming)
      .then(request => serve(request, response))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    calls,
    next: (action, fate) => void fates.set(action, fate),
    answering(rule) {
      rules.add(rule)
      return () => void rules.delete(rule)
    },
    losing(rule) {
      losses.add(rule)
      return () => void losses.delete(rule)
    },
    changing(rule) {
      changes.add(rule)
      return () => void changes.delete(rule)
    },
    before: (action, work) => void works.set(action, work),
    delay(ms) {
      delayMs = ms
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
