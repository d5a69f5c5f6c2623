import { annotations } from '@kube-node/core/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RolloutCluster, rolloutCluster } from './rollout.fixture.ts'

let cluster: RolloutCluster
beforeEach(async () => {
  cluster = await rolloutCluster()
  await cluster.nodeClass('small', { config: { image: 'one' } })
  await cluster.make('workers')
})
afterEach(() => cluster[Symbol.asyncDispose]())

const undo = (...args: readonly string[]): ReturnType<RolloutCluster['outcome']> =>
  cluster.outcome('rollout', 'undo', 'nodeset/workers', ...args)
/** From revision 1 by way of 2 to 3, which is another class and another set. */
const changeBoth = async (): Promise<void> => {
  await cluster.editClass({ image: 'two' })
  await cluster.until(async () => (await cluster.kept()).length === 2)
  await cluster.editSet({ template: { config: { instanceType: 'medium' }, labels: { tier: 'web' } } })
  await cluster.until(async () => (await cluster.kept()).length === 3)
  expect(await cluster.rolledOut()).toBe(0)
}
/** The `nth` write that an undo sends from now on, judgements included, meets it. */
const atWrite = (nth: number, fault: { readonly loseAnswer: 'before' | 'after' }): void => {
  const match = { verb: 'update', userAgent: 'kube-node-cli' }
  let sent = 0
  const stop = cluster.server.onRequest(({ verb, userAgent }) => {
    if (verb !== match.verb || !userAgent.startsWith(match.userAgent)) return
    sent += 1
    if (sent < nth - 1) return
    stop()
    cluster.server.faults.add({ match, times: 1, ...fault })
  })
}

describe('kube-node rollout undo', { timeout: 90_000 }, () => {
  it('writes the class where the class has changed: what was added goes', async () => {
    await cluster.editClass({ image: 'two', instanceType: 'large' })
    expect(await cluster.rolledOut()).toBe(0)
    const before = await cluster.set()
    const told = [
      '  nodeclass/small  spec.config.image "two" -> "one"\n',
      '  nodeclass/small  spec.config.instanceType "large" -> (none)\n',
    ].join('')
    expect(await undo('--dry-run')).toEqual({ code: 0, out: `nodeset/workers would go back to revision 1 (dry run):\n${told}`, err: '' })
    expect(await cluster.image()).toBe('two')
    expect(await undo()).toEqual({
      code: 0,
      out: `nodeset/workers goes back to revision 1:\n${told}nodeset/workers rolled back to revision 1\n`,
      err: '',
    })
    expect(await cluster.rolledOut()).toBe(0)
    const after = await cluster.set()
    expect({ spec: after.spec, generation: after.metadata?.generation }).toEqual({
      spec: before.spec,
      generation: before.metadata?.generation,
    })
    expect(await cluster.kept()).toEqual([
      [2, 'two'],
      [3, 'one'],
    ])
    expect(await undo('--to-revision', '3')).toEqual({ code: 0, out: 'nodeset/workers is at revision 3 already\n', err: '' })
    // As with kubectl, an undo of the undo goes there again.
    expect((await undo()).out).toContain('nodeset/workers rolled back to revision 2\n')
    expect(await cluster.image()).toBe('two')
  })

  it('writes the set where the set has changed, and leaves to it what changes in place', async () => {
    await cluster.editSet({ template: { config: { image: 'two' }, labels: { tier: 'web' } } })
    expect(await cluster.rolledOut()).toBe(0)
    expect((await undo()).code).toBe(0)
    const { spec, metadata } = await cluster.set()
    expect({ template: spec.template, paused: spec.paused, notes: metadata?.annotations }).toEqual({
      template: { labels: { tier: 'web' } },
      paused: false,
      notes: undefined,
    })
    expect(await cluster.rolledOut()).toBe(0)
  })

  it('goes back in the middle of a rollout: old nodes are new again, and stay', async () => {
    const before = (await cluster.nodes()).map(node => node.metadata?.uid)
    await cluster.editClass({ image: 'two', bootTime: '1h' })
    await cluster.until(async () => (await cluster.nodes()).length === 4)
    expect((await undo()).code).toBe(0)
    expect(await cluster.rolledOut()).toBe(0)
    expect((await cluster.nodes()).map(node => node.metadata?.uid)).toEqual(before)
  })

  it('that dies between its writes is finished by whoever asks again, and no node is made of half this and half that', async () => {
    await changeBoth()
    cluster.seen.clear()
    // The first two are judgements.
    const deaths = ([3, 4, 5] as const).flatMap(nth => (['before', 'after'] as const).map(loseAnswer => ({ nth, loseAnswer })))
    for (const { nth, loseAnswer } of deaths) {
      const [first] = (await cluster.kept()).filter(([, image]) => image === 'one')
      const atFirst = (await cluster.image()) === 'one'
      const to = atFirst ? (await cluster.kept()).findLast(([, image]) => image === 'two') : first
      const wanted = atFirst ? { image: 'two', type: 'medium' } : { image: 'one', type: undefined }
      atWrite(nth, { loseAnswer })
      expect((await undo('--to-revision', String(to?.[0]))).code, `${nth} ${loseAnswer}`).toBe(1)
      const half = await cluster.set()
      if (half.metadata?.annotations?.[annotations.undo] !== undefined) {
        expect(half.spec.paused).toBe(true)
        expect((await cluster.outcome('rollout', 'resume', 'nodeset/workers')).err).toContain('an undo of NodeSet "workers" is half done')
        expect((await cluster.outcome('rollout', 'status', 'nodeset/workers', '--watch=false')).out).toContain(
          'rollout undo nodeset/workers finishes it',
        )
        expect((await undo()).code).toBe(0)
      } else if (nth === 3) expect((await undo('--to-revision', String(to?.[0]))).code).toBe(0)
      expect(await cluster.rolledOut()).toBe(0)
      const { spec, metadata } = await cluster.set()
      expect({ image: await cluster.image(), type: spec.template?.config?.['instanceType'] }).toEqual(wanted)
      expect({ paused: spec.paused, note: metadata?.annotations?.[annotations.undo] }).toEqual({ paused: false, note: undefined })
    }
    expect(cluster.seen.size).toBe(2)
    expect(await cluster.kept()).toHaveLength(3)
  })

  it('changes nobody else: a class that others use is left alone, unless it is told to', async () => {
    await cluster.make('others', { replicas: 1 })
    await cluster.claim('alone')
    await cluster.editClass({ image: 'two' })
    await cluster.until(async () => (await cluster.kept()).length === 2)
    const { code, out, err } = await undo()
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(
      'NodeClass "small" is not what it was in revision 1, and has to be written; node/alone, nodeset/others use it too',
    )
    expect(await cluster.image()).toBe('two')
    expect((await undo('--class')).code).toBe(0)
    expect(await cluster.image()).toBe('one')
  })

  it('writes nothing where it may not write all of it, and asks again where somebody was quicker', async () => {
    await changeBoth()
    const match = { verb: 'update', userAgent: 'kube-node-cli' }
    const refused = cluster.server.faults.add({ match: { ...match, resource: 'nodeclasses' }, status: 403 })
    const before = await cluster.set()
    const { code, err } = await undo('--to-revision', '1')
    expect(code).toBe(1)
    expect(err).toContain('(grant it to the identity of the kubeconfig)')
    expect((await cluster.set()).spec).toEqual(before.spec)
    refused[Symbol.dispose]()
    for (const resource of ['nodesets', 'nodeclasses']) cluster.server.faults.add({ match: { ...match, resource }, status: 409, times: 3 })
    expect((await undo('--to-revision', '1')).code).toBe(0)
    expect(await cluster.rolledOut()).toBe(0)
    expect(await cluster.image()).toBe('one')
  })

  it('of a paused set says that it does not roll yet; of one without a past, that there is none', async () => {
    expect(await undo()).toMatchObject({ code: 1, err: 'kube-node: NodeSet "workers" has no other revision to go back to\n' })
    await cluster.editSet({ paused: true })
    await cluster.editClass({ image: 'two' })
    await cluster.until(async () => (await cluster.kept()).length === 2)
    expect(await undo()).toMatchObject({ code: 0, err: 'it is paused: kube-node rollout resume nodeset/workers lets it roll\n' })
    expect((await cluster.set()).spec.paused).toBe(true)
  })
})
