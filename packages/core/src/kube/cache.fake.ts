import { expect } from 'vitest'
import { type Node, Nodes } from '../api/index.ts'
import { type ManualRuntime, manualRuntime } from '../runtime/index.ts'
import { type CacheOptions, createCache } from './cache.ts'
import type { Cache, Change, Informer, InformerOptions } from './cache.types.ts'
import { type FakeTransport, fakeTransport, listOf } from './transport.fake.ts'
import type { KubeRequest } from './transport.ts'

/** A cache in a world of its own, and all that it said. For the tests of this folder. */
export interface Given {
  readonly cache: Cache
  readonly nodes: Informer<Node>
  readonly transport: FakeTransport
  readonly runtime: ManualRuntime
  /** `added a@5`, as a listener heard it. */
  readonly heard: string[]
  /** `warn cannot follow nodes: ...` */
  readonly logged: string[]
  readonly regressions: string[]
  stop(): Promise<void>
}

export interface Circumstances extends Partial<CacheOptions>, InformerOptions {
  readonly yields?: (label: string) => Promise<void>
  /** How the API server answers from the start. */
  readonly answer?: Parameters<FakeTransport['answer']>[0]
}

/** Tells stories, and sees to it that each ends. */
export interface Stories {
  /** A cache that follows nodes; the API server holds `items` at version 10 and knows of nothing else. */
  given(items?: readonly Node[], circumstances?: Circumstances): Given
  /** For afterEach: stops what runs, and fails when something is left open. */
  stopAll(): Promise<void>
}

export const stories = (): Stories => {
  const running: Given[] = []

  const given: Stories['given'] = (items = [], { yields, answer, selector, ...options } = {}) => {
    const transport = fakeTransport()
    transport.answer(answer ?? (() => listOf('10', items)))
    const runtime = manualRuntime()
    const heard: string[] = []
    const logged: string[] = []
    const regressions: string[] = []
    const cache = createCache({
      transport,
      runtime: yields === undefined ? runtime : { ...runtime, yield: yields },
      log: (level, message) => logged.push(`${level} ${message}`),
      frozen: true,
      ...options,
    })
    const nodes = cache.informer(Nodes, selector === undefined ? {} : { selector })
    nodes.subscribe(change => heard.push(told(change)))
    cache.onRegression(({ resource }) => regressions.push(`${resource.plural} after ${heard.length} changes`))
    const end = new AbortController()
    const ended = cache.run(end.signal)
    const stop = async (): Promise<void> => {
      end.abort(new Error('enough'))
      await ended
      expect(transport.open).toBe(0)
      await runtime.settle()
      // Whatever the story was: nothing is left open and no timer runs.
      expect({ open: transport.open, sleeping: runtime.sleeping }).toEqual({ open: 0, sleeping: 0 })
    }
    const all = { cache, nodes, transport, runtime, heard, logged, regressions, stop }
    running.push(all)
    return all
  }

  return {
    given,
    async stopAll() {
      for (const each of running.splice(0)) await each.stop()
    },
  }
}

export const told = ({ type, object, old }: Change<Node>): string =>
  `${type} ${object.metadata?.name}@${object.metadata?.resourceVersion}${old === undefined ? '' : ` was @${old.metadata?.resourceVersion}`}`

const isList = ({ path, query }: KubeRequest): boolean => path === '/api/v1/nodes' && query?.limit !== '1'
/** The lists that were asked for, probes before a watch apart. */
export const lists = ({ transport }: Given): KubeRequest[] => transport.requests.filter(isList)
export const warnings = ({ logged }: Given): string[] => logged.filter(line => /^(warn|error)/.test(line))
