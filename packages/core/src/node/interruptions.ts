import { type Node, Nodes, annotations } from '../api/index.ts'
import { announcedEnd, formatAnnouncedEnd, goodRecord, isDeleting } from '../claim/index.ts'
import type { Source } from '../engine/index.ts'
import type { Announcements, Connection } from '../inventory/index.ts'
import { isConflict, isNotFound } from '../kube/index.ts'
import type { Interruption, Machine } from '../provider/index.ts'
import { errorText, linkedAbort } from '../runtime/index.ts'
import { byClaim } from './indexes.ts'
import { judgeInterruption } from './judgeInterruption.ts'
import type { Life } from './life.ts'
import { type ProviderGauge, any, providerGauge } from './providerGauge.ts'
import { tellClasses } from './tellClasses.ts'
import { writeOwnKeys } from './write.ts'

/** A spot instance has two minutes: what a lost answer hid must not wait long. */
const tryAgainMs = 5_000
const firstListMs = 1_000
const writeAgainMs = 2_000

/** Hears what clouds announce of machines, and writes it on their Nodes; plans of claims and of sets go by what stands there. */
export const interruptionSource = (life: () => Life | undefined): Source => ({
  async run({ signal }) {
    const current = life()
    if (!current) return
    const listening = new Set<Promise<void>>()
    const help = '1 while what a provider announces can not be heard'
    const deaf = providerGauge(current.context.metrics.gauge('kube_node_interruptions_unheard', help, ['provider']), any)
    using _subscription = current.session.onConnection(connection => {
      const { interruptions } = connection
      if (!interruptions) return
      const ended = listen(current, connection, interruptions, { deaf, stop: signal }).finally(() => listening.delete(ended))
      listening.add(ended)
    })
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.all(listening)
  },
})

interface Ears {
  /** Which connections can't be heard. */
  readonly deaf: ProviderGauge<boolean>
  readonly stop: AbortSignal
}

/**
 * Until the connection is given up, or the controller stops. A queue that can't be read is told, once for as long as it fails alike, and
 * stops nothing else.
 */
const listen = async (life: Life, connection: Connection, interruptions: Announcements, { deaf, stop }: Ears): Promise<void> => {
  using ends = linkedAbort(connection.signal, stop)
  const { signal } = ends
  const { context } = life
  const { clock } = context.runtime
  let said: string | undefined
  deaf.set(connection, false)
  while (!signal.aborted) {
    try {
      for await (const interruption of interruptions(signal)) {
        if (signal.aborted) return
        deaf.set(connection, false)
        said = undefined
        await handOver(life, connection, interruption, signal)
      }
    } catch (error) {
      if (signal.aborted) return
      deaf.set(connection, true)
      const text = errorText(error)
      const message = `what the provider announces of machines can't be heard, so none is drained before it is taken away: ${text}`
      if (text !== said) {
        context.log('warn', 'interruptions can not be heard', { provider: connection.provider.name, error: text })
        tellClasses(life, connection, 'InterruptionsUnheard', message)
      }
      said = text
    }
    await clock.sleep(tryAgainMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
}

/** However long the API server is away: what was not written is acknowledged to nobody. @throws when the signal fires. */
const handOver = async (life: Life, connection: Connection, interruption: Interruption, signal: AbortSignal): Promise<void> => {
  for (;;) {
    try {
      return await hear(life, connection, interruption, signal)
    } catch (error) {
      // Another Node of that name, or none: the machine goes with the one that is gone.
      if (isNotFound(error) || isConflict(error)) return
      signal.throwIfAborted()
      life.context.log('warn', 'an interruption is not written yet', { machine: interruption.id, error: errorText(error) })
      await life.context.runtime.clock.sleep(writeAgainMs, signal)
    }
  }
}

/** Resolves when it stands on the Node, or concerns nobody. */
const hear = async (life: Life, connection: Connection, interruption: Interruption, signal: AbortSignal): Promise<void> => {
  const { context } = life
  const { clock } = context.runtime
  // Whose machine it is, is not known before a list has shown it.
  while (connection.inventory.listedAt === -Infinity) await clock.sleep(firstListMs, signal)
  const found = machineNamed(life, connection, interruption.id)
  const verdict = judgeInterruption(interruption, {
    end: found && announcedEnd(found.node),
    isOurs: found !== undefined,
    now: clock.now(),
  })
  context.log('debug', 'heard of a machine', { machine: interruption.id, reason: interruption.reason, verdict: verdict.do })
  if (!found) return
  if (verdict.do === 'look') found.connection.inventory.expect(found.machine.owner?.claim ?? '', found.machine.owner?.nodeName)
  if (verdict.do !== 'write') return
  const { node } = found
  await writeOwnKeys(life, node, { metadata: { annotations: { [annotations.interruption]: formatAnnouncedEnd(verdict.end) } } })
  context.metrics
    .counter('kube_node_interruptions_total', 'Announcements of providers that were written on Nodes', ['provider'])
    .add(1, { provider: connection.provider.name })
  context.event(node, 'Warning', 'InterruptionAnnounced', wordsOf(verdict.end))
}

const wordsOf = ({ reason, at }: { readonly reason: string; readonly at?: string }): string =>
  at === undefined ? `${reason}: its set replaces it` : `${reason}: the machine goes at ${at}, and the Node is drained before that`

interface Found {
  readonly connection: Connection
  readonly machine: Machine
  readonly node: Node
}

/** Whichever connection heard it: two that open one account may share one queue. */
const machineNamed = (life: Life, heard: Connection, id: string): Found | undefined => {
  for (const connection of new Set([heard, ...life.session.connections])) {
    if (connection.provider.name !== heard.provider.name) continue
    const machine = connection.inventory.get(id)
    if (machine?.owner?.cluster !== life.cluster || machine.owner.controller !== life.controller) continue
    const node = life.context
      .store(Nodes)
      .by(byClaim, machine.owner.claim)
      .find(each => goodRecord(each)?.id === id && !isDeleting(each))
    if (node) return { connection, machine, node }
  }
  return undefined
}
