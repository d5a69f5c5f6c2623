import { describe, expect, it } from 'vitest'
import { type Pod, type Resource, type VolumeAttachment, VolumeAttachments } from '../../api/index.ts'
import type { Client, ListOptions } from '../../kube/index.ts'
import { manualRuntime } from '../../runtime/index.ts'
import { createCensus } from './census.ts'

const pod = (name: string, nodeName: string): Pod => ({ metadata: { name }, spec: { nodeName, containers: [] } })

const attachment = (name: string, nodeName: string): VolumeAttachment => ({
  metadata: { name },
  spec: { attacher: 'csi.example.org', nodeName, source: { persistentVolumeName: name } },
})

/** An API server with these pods and attachments, whose reads take as long as a test says, and a store that knows of `known` pods. */
const given = (pods: readonly Pod[], known = pods.length, attachments: readonly VolumeAttachment[] = []) => {
  const runtime = manualRuntime()
  const end = new AbortController()
  const reads: string[] = []
  let reading: () => Promise<void> = () => Promise.resolve()
  const client = {
    async *pages(resource: Resource<never>, { fields }: ListOptions = {}) {
      if (resource.plural === VolumeAttachments.plural) {
        reads.push('attachments')
        await reading()
        yield attachments
        return
      }
      reads.push(fields ?? 'all')
      const there = pods.filter(({ spec }) => fields === undefined || fields === `spec.nodeName=${spec?.nodeName ?? ''}`)
      await reading()
      yield there
    },
  } as unknown as Client
  const store = () => ({ list: () => Array.from({ length: known }) }) as never
  const census = createCensus({ client, store, signal: end.signal, runtime })
  const on = async (node: string): Promise<readonly (string | undefined)[]> =>
    (await census.on(node)).pods.map(({ metadata }) => metadata?.name)
  const volumes = async (node: string): Promise<readonly (string | undefined)[]> =>
    (await census.on(node)).attachments.map(({ metadata }) => metadata?.name)
  return { on, volumes, reads, runtime, end, slowly: (read: () => Promise<void>) => (reading = read) }
}

describe('a census', () => {
  it('asks at once for a node that comes alone', async () => {
    const { on, reads } = given([pod('p', 'a'), pod('q', 'b')])
    expect(await on('a')).toEqual(['p'])
    expect(reads).toEqual(['spec.nodeName=a', 'attachments'])
  })

  it('reads once for all that come after it, and tells each its own', async () => {
    const { on, reads, runtime } = given([pod('p', 'a'), pod('q', 'b'), pod('r', 'b')])
    await on('z')
    const asked = Promise.all([on('a'), on('b'), on('c'), on('a')])
    await runtime.advance(200)
    expect(await asked).toEqual([['p'], ['q', 'r'], [], ['p']])
    expect(reads).toEqual(['spec.nodeName=z', 'attachments', 'all', 'attachments'])
  })

  it('tells each the attachments of its node, as they are when the pods have been read', async () => {
    const attachments: VolumeAttachment[] = []
    const { volumes, runtime, slowly } = given([pod('p', 'a')], 1, attachments)
    let reads = 0
    slowly(() => {
      reads += 1
      if (reads === 1) attachments.push(attachment('v', 'a'), attachment('w', 'b'))
      return Promise.resolve()
    })
    expect(await volumes('a')).toEqual(['v'])
    const asked = volumes('b')
    await runtime.advance(200)
    expect(await asked).toEqual(['w'])
  })

  it('answers nobody by a read that began before the question', async () => {
    const pods = [pod('p', 'a')]
    const { on, reads, runtime, slowly } = given(pods)
    const arrived = Promise.withResolvers<void>()
    slowly(() => arrived.promise)
    const first = on('a')
    pods.push(pod('late', 'a'))
    const second = on('a')
    arrived.resolve()
    await runtime.advance(200)
    expect([await first, await second]).toEqual([['p'], ['p', 'late']])
    expect(reads).toHaveLength(4)
  })

  it('asks node by node where all pods are more than those of the nodes that wait', async () => {
    const { on, reads, runtime } = given([pod('p', 'a')], 61)
    await on('z')
    const asked = Promise.all([on('a'), on('b')])
    await runtime.advance(200)
    expect(await asked).toEqual([['p'], []])
    expect(reads).toEqual(['spec.nodeName=z', 'attachments', 'spec.nodeName=a', 'spec.nodeName=b', 'attachments'])
  })

  it('tells all who wait that a read failed, and reads again for who comes then', async () => {
    const { on, runtime, slowly } = given([pod('p', 'a')])
    await on('z')
    slowly(() => Promise.reject(new Error('no')))
    const asked = Promise.allSettled([on('a'), on('b')])
    await runtime.advance(200)
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    slowly(() => Promise.resolve())
    const again = on('a')
    await runtime.advance(200)
    expect(await again).toEqual(['p'])
  })

  it('keeps nobody waiting when all ends', async () => {
    const { on, runtime, end, slowly } = given([])
    await on('z')
    slowly(() => Promise.reject(new Error('over')))
    const asked = Promise.allSettled([on('a')])
    end.abort(new Error('over'))
    await runtime.advance(0)
    expect(await asked).toMatchObject([{ status: 'rejected', reason: { message: 'over' } }])
  })
})
