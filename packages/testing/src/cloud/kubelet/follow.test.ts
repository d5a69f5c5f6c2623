import { type ConfigMap, ConfigMaps, nameOf } from '@kube-node/core/api'
import type { KubeStream, KubeTransport } from '@kube-node/core/kube'
import { describe, expect, test } from 'vitest'
import { smallCluster } from '../cluster.fixture.ts'
import { follow } from './follow.ts'

const path = '/api/v1/namespaces/default/configmaps'
const configMap = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } })

describe('following a kind', () => {
  test('tells of what is there, and of each change', async () => {
    await using c = await smallCluster()
    const told: string[] = []
    const followed = {
      resource: ConfigMaps,
      changed: (o: ConfigMap) => told.push(`${nameOf(o)} ${o.data?.['a']}`),
      deleted: (o: ConfigMap) => told.push(`${nameOf(o)} deleted`),
    }
    await c.do('POST', path, configMap('old'))
    c.run({ run: signal => follow<ConfigMap>(followed, { transport: c.transport, runtime: c.runtime, log: undefined }, signal) })
    await c.runtime.advance(0)
    await c.do('POST', path, configMap('new'))
    await c.do('PATCH', `${path}/new`, { data: { a: '2' } })
    await c.do('DELETE', `${path}/old`)
    await c.runtime.advance(0)
    expect(told).toEqual(['old 1', 'new 1', 'new 2', 'old deleted'])
  })

  test('catches up after a watch that broke and a server that was down, telling nothing twice', async () => {
    await using c = await smallCluster()
    const told: string[] = []
    const followed = {
      resource: ConfigMaps,
      changed: (o: ConfigMap) => told.push(`${nameOf(o)} ${o.data?.['a']}`),
      deleted: (o: ConfigMap) => told.push(`${nameOf(o)} deleted`),
    }
    let breakIt: (reason: Error) => void = () => undefined
    let down = false
    const transport: KubeTransport = {
      ...c.transport,
      request: request => (down ? Promise.reject(new Error('connection refused')) : c.transport.request(request)),
      async watch(request) {
        const stream = await c.transport.watch(request)
        const broken = new Promise<never>((_, reject) => (breakIt = reject))
        const fragile: KubeStream = {
          next: () => Promise.race([stream.next(), broken]),
          [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
        }
        return fragile
      },
    }
    for (const name of ['kept', 'lost', 'changed']) await c.do('POST', path, configMap(name))
    c.run({ run: signal => follow<ConfigMap>(followed, { transport, runtime: c.runtime, log: undefined }, signal) })
    await c.runtime.advance(0)
    down = true
    breakIt(new Error('connection reset'))
    await c.runtime.advance(0)
    await c.do('DELETE', `${path}/lost`)
    await c.do('PATCH', `${path}/changed`, { data: { a: '2' } })
    await c.runtime.advance(5_000)
    told.length = 0
    down = false
    await c.runtime.advance(1_000)
    expect(told).toEqual(['changed 2', 'lost deleted'])
  })
})
