import { type KubeObject, Leases, apiVersionOf } from '../api/index.ts'
import { createCache, createClient } from '../kube/index.ts'
import { durationMs, errorText, logWith, systemLog, systemRuntime } from '../runtime/index.ts'
import { createCandidate } from './candidate.ts'
import { type Runner, createRunner } from './controller.ts'
import type { Controller, ControllerDefinition, ManagerContext } from './definition.ts'
import { ManagerStopping } from './errors.ts'
import { type EventRecorder, createEventRecorder } from './events/recorder.ts'
import { aboutObject } from './events/regarding.ts'
import { observeFailures } from './failures.ts'
import { fencedClient } from './fence.ts'
import { handle } from './health.ts'
import { type ElectionContext, type Leadership, lead } from './leadership.ts'
import { termsOf } from './lease.ts'
import type { Manager, ManagerOptions } from './manager.types.ts'
import { createMetrics } from './metrics.ts'
import { type Phase, liveness, readiness } from './readiness.ts'
import { startController } from './start.ts'
import { stopInOrder } from './stop.ts'
import { createRegistry } from './stores.ts'

export const createManager = (options: ManagerOptions): Manager => {
  const runtime = options.runtime ?? systemRuntime()
  const log = options.log ?? systemLog()
  const metrics = options.metrics ?? createMetrics()
  const transport = observeFailures(options.cluster)
  const identified = options.fieldManager === undefined ? {} : { fieldManager: options.fieldManager }
  const cache = createCache({ transport, runtime, log, metrics, frozen: options.frozen ?? false, ...identified })
  const registry = createRegistry(cache)
  // For what is not subject to the lease: events, which harm nobody, and the lease itself.
  const ofNoLease = { transport, clock: runtime.clock, metrics, ...identified }
  const client = createClient(ofNoLease)
  const terms = options.leaderElection && termsOf(options.leaderElection, runtime)
  const events = createEventRecorder({ client, runtime, log, metrics, instance: terms?.identity ?? 'kube-node' })
  const election = terms && { client: createClient({ ...ofNoLease, urgent: true }), runtime, log, terms, event: leaseEvents(events) }
  const candidate = election && createCandidate(election)
  const leading = metrics.gauge('leader_election_master_status', 'Whether this process leads: 1 or 0', ['name'])
  if (terms) leading.set(0, { name: terms.name })

  /** Fires when nothing new is to start. The reason is what the end is about. */
  const stopping = new AbortController()
  /** Fires when all work must be over. */
  const ending = new AbortController()
  const ready = Promise.withResolvers<void>()
  const controllers: Controller[] = []
  const runners: Runner[] = []
  const started: AsyncDisposable[] = []
  let phase: Phase = { name: 'idle' }
  let leadership: Leadership | undefined

  const fence = (): void => {
    ending.signal.throwIfAborted()
    leadership?.fence()
  }
  const fenced = fencedClient(cache.client, fence)

  const contextOf = (controller: string, part?: ControllerDefinition<KubeObject>): ManagerContext => ({
    client: fenced,
    runtime,
    log: logWith(log, { controller: part?.name ?? controller }),
    metrics,
    signal: ending.signal,
    fence,
    ...registry.storesFor(part),
    event: (object, type, reason, message) => {
      const { apiVersion = '', kind = '' } = object
      events.record({ ...aboutObject(object, { apiVersion, kind }), type, reason, message, component: part?.name ?? controller })
    },
    onRegression: listener => cache.onRegression(listener),
    vacancies: () => leadership?.vacancies ?? [],
  })

  /** The first reason counts. */
  const stop = (reason: unknown): void => {
    if (!stopping.signal.aborted) stopping.abort(reason)
    else if (reason !== stopping.signal.reason) log('debug', `while stopping: ${errorText(reason)}`)
  }

  const takeLead = async (): Promise<void> => {
    if (!election || !candidate) return
    const held = lead(election, await candidate.acquire(stopping.signal))
    leadership = held
    leading.set(1, { name: election.terms.name })
    const onLost = (): void => {
      leading.set(0, { name: election.terms.name })
      ending.abort(held.lost.reason)
      stop(held.lost.reason)
    }
    if (held.lost.aborted) onLost()
    else held.lost.addEventListener('abort', onLost, { once: true })
    // What the last leader did until a moment ago must be in the stores before this one decides anything.
    await cache.refresh(stopping.signal)
  }

  const work = async (): Promise<void> => {
    await cache.synced(stopping.signal)
    phase = { name: 'electing' }
    await takeLead()
    for (const controller of controllers) {
      phase = { name: 'starting', problem: `controller ${controller.name} is starting` }
      const onFailure = (problem: string): void => void (phase = { name: 'starting', problem })
      const one = await startController(controller, contextOf(controller.name), stopping.signal, onFailure)
      if (one) started.push(one)
    }
    stopping.signal.throwIfAborted()
    phase = { name: 'working' }
    log('info', 'ready', { controllers: controllers.map(({ name }) => name).join(',') })
    ready.resolve()
    await Promise.all(runners.map(runner => runner.run(stopping.signal)))
  }

  // Who waits for ready hears of a failure there; if nobody does, run() tells it.
  ready.promise.then(undefined, (error: unknown) => log('debug', `never became ready: ${errorText(error)}`))
  cache.onRegression(({ resource }) =>
    log('error', `the API server knows less of ${resource.plural} than it did: was it restored from a backup?`),
  )

  return {
    ready: ready.promise,

    add(controller) {
      if (phase.name !== 'idle') throw new Error(`controller ${controller.name} comes too late: add it before run()`)
      for (const part of controller.parts) {
        if (controllers.some(({ parts }) => parts.some(({ name }) => name === part.name))) {
          throw new Error(`this manager has a controller named ${part.name} already: names are labels of metrics and must differ`)
        }
      }
      controllers.push(controller)
      return controller
    },

    async run({ signal }) {
      if (phase.name !== 'idle') throw new Error('this manager has run already: make another one')
      if (signal.aborted) {
        phase = { name: 'ended', problem: '' }
        return ready.reject(new ManagerStopping())
      }
      phase = { name: 'syncing' }
      for (const { name, parts } of controllers) {
        for (const part of parts) {
          registry.register(part)
          runners.push(createRunner({ controller: name, part, context: contextOf(name, part), cache, events, metrics, fail: stop }))
        }
      }
      const onSignal = (): void => stop(new ManagerStopping())
      signal.addEventListener('abort', onSignal, { once: true })

      const following = new AbortController()
      const cacheEnded = cache.run(following.signal).catch(stop)
      const workEnded = work().catch(stop)
      await new Promise(resolve => stopping.signal.addEventListener('abort', resolve, { once: true }))

      phase = { name: 'stopping' }
      const reason: unknown = stopping.signal.reason
      log('info', `stopping: ${errorText(reason)}`)
      await stopInOrder({
        clock: runtime.clock,
        log,
        workEnded,
        started,
        ending,
        events,
        stopWithinMs: durationMs(options.stopWithin ?? '20s'),
        running: () => runners.flatMap(runner => runner.running),
        closeCache: async () => {
          following.abort(reason)
          await cacheEnded
        },
        endLeadership: async quiet => leadership?.end({ release: quiet }),
      })
      if (terms) leading.set(0, { name: terms.name })
      signal.removeEventListener('abort', onSignal)
      const failure: unknown = leadership?.lost.aborted ? leadership.lost.reason : ManagerStopping.is(reason) ? undefined : reason
      phase = { name: 'ended', problem: failure === undefined ? '' : errorText(failure) }
      ready.reject(failure ?? reason)
      if (failure !== undefined) throw failure
    },

    handle: path =>
      handle(
        {
          metrics,
          live: () => liveness(phase),
          ready: () => readiness({ phase, candidate, informers: registry.informers, failureOf: transport.failureOf }),
        },
        path,
      ),
  }
}

const leaseEvents =
  (events: EventRecorder): NonNullable<ElectionContext['event']> =>
  (lease, reason, message) => {
    const about = aboutObject(lease, { apiVersion: apiVersionOf(Leases), kind: Leases.kind })
    events.record({ ...about, type: 'Normal', reason, message, component: 'leader-election' })
  }
