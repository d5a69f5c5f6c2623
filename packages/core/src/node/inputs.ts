import { type BootstrapSpec, Nodes, type Parsed, type Problem } from '../api/index.ts'
import { type ClusterFacts, type ClusterOptions, readClusterFacts, readContents } from '../bootstrap/index.ts'
import type { ManagerContext } from '../engine/index.ts'
import { createTopic } from '../inventory/index.ts'
import { phaseOf } from '../claim/index.ts'
import { byClass } from './indexes.ts'

/** What a bootstrap takes from elsewhere in the cluster. */
export interface Inputs {
  /** Of `spec.files`, by path. */
  readonly contents: Parsed<ReadonlyMap<string, Uint8Array>>
  /** What machines must know of the cluster. */
  readonly cluster: Parsed<ClusterFacts>
}

/** Reads what bootstraps take from elsewhere, and notices when what was wrong with it is mended. */
export interface InputsReader {
  /** @throws ApiError for a server that fails, TransportError when no answer came. */
  read(spec: BootstrapSpec): Promise<Inputs>
  /** A claim of that class waits, as no document can be made of these: they are looked at until they are others. */
  refused(className: string, spec: BootstrapSpec, inputs: Inputs): void
  /** Another number than before: what was refused is not so any more. */
  version(className: string): number
  /** The class whose inputs are others now. */
  onChange(listener: (className: string) => void): Disposable
  /** Looks until the signal fires. Rejects with what a read failed with. */
  watch(signal: AbortSignal): Promise<void>
}

/** What is missing is noticed within this time, in milliseconds, when it is there. */
const lookEveryMs = 5_000
/** An address or an authority that changes reaches machines that are made this much later, in milliseconds. */
const clusterRememberedMs = 30_000

interface Awaited {
  readonly spec: BootstrapSpec
  readonly problems: string
}

export const createInputsReader = (context: ManagerContext, uid: string, options: ClusterOptions): InputsReader => {
  const { client, signal, runtime } = context
  const { clock } = runtime
  const awaited = new Map<string, Awaited>()
  const versions = new Map<string, number>()
  const changes = createTopic<string>()
  let known: { readonly at: number; readonly facts: Promise<Parsed<ClusterFacts>> } | undefined

  /** Shared by all that ask while it lasts; a problem is not remembered, so that it is gone as soon as it is mended. */
  const cluster = async (): Promise<Parsed<ClusterFacts>> => {
    if (known && clock.monotonic() - known.at < clusterRememberedMs) return known.facts
    const asked = { at: clock.monotonic(), facts: readClusterFacts(client, uid, options, signal) }
    known = asked
    const forget = (): void => {
      if (known === asked) known = undefined
    }
    try {
      const facts = await asked.facts
      if (!facts.ok) forget()
      return facts
    } catch (error) {
      forget()
      throw error
    }
  }

  const read = async (spec: BootstrapSpec): Promise<Inputs> => ({
    contents: await readContents(client, spec, signal),
    cluster: await cluster(),
  })

  /** Those that waited may have gone meanwhile. */
  const isAwaited = (className: string): boolean =>
    context
      .store(Nodes)
      .by(byClass, className)
      .some(node => ['Pending', 'Provisioning'].includes(phaseOf(node)))

  return {
    read,
    refused(className, spec, inputs) {
      const problems = problemsOf(inputs)
      if (problems !== none) awaited.set(className, { spec, problems })
    },
    version: className => versions.get(className) ?? 0,
    onChange: changes.on,
    async watch(until) {
      while (!until.aborted) {
        await clock.sleep(lookEveryMs, until)
        for (const [className, { spec, problems }] of awaited) {
          if (!isAwaited(className)) {
            awaited.delete(className)
            continue
          }
          if (problemsOf(await read(spec)) === problems) continue
          awaited.delete(className)
          versions.set(className, (versions.get(className) ?? 0) + 1)
          changes.tell(className)
        }
      }
    },
  }
}

const wrong = (parsed: Parsed<unknown>): readonly Problem[] => (parsed.ok ? [] : parsed.problems)
const problemsOf = ({ contents, cluster }: Inputs): string => JSON.stringify([...wrong(contents), ...wrong(cluster)])
const none = '[]'
