import { expect, it } from 'vitest'
import { type Node, labels } from '../api/index.ts'
import { type KubeTransport, createClient } from '../kube/index.ts'
import { manualRuntime } from '../runtime/index.ts'
import { hasLiveClaim, type isTakenOver } from './liveClaim.ts'

const node = (name: string, uid: string, claim?: string): Node => ({
  metadata: { name, uid, ...(claim !== undefined && { labels: { [labels.claim]: claim } }) },
})

/** An API server that has these Nodes, pages of one. */
const asking = (...nodes: readonly Node[]): Parameters<typeof isTakenOver>[0] => {
  const answer = (status: number, body: object): Awaited<ReturnType<KubeTransport['request']>> => ({
    status,
    headers: {},
    body: JSON.parse(JSON.stringify(body)) as string, // border: plain JSON
  })
  const transport: KubeTransport = {
    request: async ({ path, query = {} }) => {
      const name = /^\/api\/v1\/nodes\/(.+)$/.exec(path)?.[1]
      const found = nodes.find(({ metadata }) => metadata?.name === name)
      if (name !== undefined)
        return found ? answer(200, found) : answer(404, { kind: 'Status', code: 404, reason: 'NotFound', details: { name, kind: 'nodes' } })
      const matching = nodes.filter(
        ({ metadata }) => query['labelSelector'] === `${labels.claim}=${metadata?.labels?.[labels.claim] ?? ''}`,
      )
      const at = Number(query['continue'] ?? 0)
      const next = at + 1 < matching.length ? { continue: String(at + 1) } : {}
      return answer(200, { kind: 'NodeList', metadata: { resourceVersion: '1', ...next }, items: matching.slice(at, at + 1) })
    },
    watch: () => Promise.reject(new Error('nobody watches')),
    [Symbol.asyncDispose]: async () => {},
  }
  return { client: createClient({ transport, clock: manualRuntime().clock }), signal: new AbortController().signal }
}

it('a machine has a claim while the Node that it was made for is there, or one that took that claim over', async () => {
  const owner = { claim: 'uid-a', nodeName: 'a' }
  expect(await hasLiveClaim(asking(node('a', 'uid-a')), owner)).toBe(true)
  expect(await hasLiveClaim(asking(node('ip-1', 'uid-n', 'uid-a')), owner)).toBe(true)
  expect(await hasLiveClaim(asking(node('a', 'uid-z'), node('ip-1', 'uid-n', 'uid-a')), owner)).toBe(true)
  expect(await hasLiveClaim(asking(), owner)).toBe(false)
  expect(await hasLiveClaim(asking(node('a', 'uid-z'), node('ip-1', 'uid-n', 'uid-b'), node('ip-2', 'uid-m')), owner)).toBe(false)
})
