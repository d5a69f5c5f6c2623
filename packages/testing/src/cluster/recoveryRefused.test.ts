import { Secrets, labels } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { createRecovery, minute } from './recovery.fixture.ts'

describe('a machine to which nobody can bring a token', () => {
  it('is left alone: its claim says that it must be replaced, and how, until its kubelet is heard', async () => {
    await using stage = await createRecovery({ bootstrap: 'user-data' })
    const { cluster, node, ready, tokens, why } = stage
    await cluster.until('a runs', stage.runs)
    const { id } = stage.machine()
    cluster.kubelets.stop(id)
    await cluster.runtime.advance(5 * minute)
    await cluster.until('it says so', async () => (await why()).startsWith('ReplacementNeeded: '))
    expect(await cluster.lasting(why())).toMatch(
      /must be replaced, as provider simulated can bring a bootstrap token to new machines alone\. Delete this Node, and create it again$/,
    )
    await cluster.runtime.advance(60 * minute)
    expect(await cluster.lasting(tokens())).toEqual([])
    expect((await cluster.lasting(node()))?.metadata?.deletionTimestamp).toBeUndefined()
    expect(cluster.cloud.machines().map(({ state }) => state)).toEqual(['running'])
    cluster.kubelets.start(id)
    await cluster.until('a is ready', async () => (await ready()) === 'True')
    await cluster.until('its trouble is over', async () => (await why()) === 'Provisioned: its machine is there')
  }, 30_000)

  it.each(['kubelet', 'none'] as const)(
    'is not configured when its class is another one by now, or has it join by itself (%s)',
    async type => {
      await using stage = await createRecovery({ type })
      const { cluster, delivered, why } = stage
      await cluster.until('a runs', stage.runs)
      if (type === 'kubelet') await stage.editClass({ bootstrap: { commands: ['true'] } })
      cluster.kubelets.stop(stage.machine().id)
      await cluster.runtime.advance(5 * minute)
      await cluster.until('it says so', async () => (await why()).startsWith('ReplacementNeeded: '))
      expect(await cluster.lasting(why())).toContain(
        type === 'kubelet' ? 'what its class says has changed' : 'without a token of kube-node',
      )
      expect(delivered).toHaveLength(1)
    },
  )
})

it('a kubelet can not write a recovery into its record, nor the id of a token', async () => {
  await using stage = await createRecovery()
  const { cluster, node, record } = stage
  await cluster.until('a runs', stage.runs)
  const forged = { ...(await cluster.lasting(record())), token: 'abc123', recovery: { number: 1, startedAt: '2026-01-01T00:00:00Z' } }
  await expect(cluster.lasting(stage.asKubelet({ annotations: { 'kube-node.dev/machine': JSON.stringify(forged) } }))).rejects.toThrow(
    /kubelet/,
  )
  expect((await cluster.lasting(node()))?.metadata?.labels).toHaveProperty(labels.class)
  expect(await cluster.lasting(cluster.client.get(Secrets, { namespace: 'kube-system', name: 'bootstrap-token-abc123' }))).toBeUndefined()
})
