import { type Node, Nodes, labels } from '@kube-node/core/api'
import { createClient } from '@kube-node/core/kube'
import { manualRuntime } from '@kube-node/core/runtime'
import { describe, expect, it } from 'vitest'
import { readSnapshot } from './snapshot.ts'
import { statusOf } from './view.ts'

const { createApiServer } = await import('@kube-node/testing/server')

describe('who may not read everything', () => {
  const runtime = manualRuntime()
  const { signal } = new AbortController()

  const readableBut = async (...forbidden: readonly RegExp[]): Promise<ReturnType<typeof createClient>> => {
    const server = createApiServer({ runtime })
    const transport = server.transport()
    const admin = createClient({ transport, clock: runtime.clock })
    const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a', labels: { [labels.class]: 'small' } } }
    await admin.create(Nodes, node)
    return createClient({
      clock: runtime.clock,
      transport: {
        ...transport,
        request: request =>
          forbidden.some(path => path.test(request.path))
            ? Promise.resolve({ status: 403, headers: {}, body: { kind: 'Status', reason: 'Forbidden', code: 403 } })
            : transport.request(request),
      },
    })
  }

  it('is shown the nodes, and nothing is made up about the rest', async () => {
    const client = await readableBut(/nodeclasses/, /nodesets/, /leases/)
    const snapshot = await readSnapshot(client, 'kube-node-system', {}, signal)
    expect(snapshot).toMatchObject({ classes: undefined, sets: undefined, leases: undefined })
    const { nodes, controllers } = statusOf(snapshot, runtime.clock.now())
    expect(nodes).toMatchObject([{ name: 'a', why: 'nobody has begun with it', state: 'progress' }])
    expect(controllers).toMatchObject([{ state: 'unknown', why: '' }])
  })

  it('is told what it takes when not even nodes can be read', async () => {
    const client = await readableBut(/nodes$|nodeclasses|nodesets|leases/)
    await expect(readSnapshot(client, 'kube-node-system', {}, signal)).rejects.toThrow('this identity may not list nodes')
  })
})
