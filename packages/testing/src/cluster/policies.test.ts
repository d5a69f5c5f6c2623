import { type Manifest, manifests } from '@kube-node/core/manifests'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Actor, employ } from './actors.fixture.ts'
import { unclaimedStories } from './deletion.stories.fixture.ts'
import { type Guarded, guarded } from './guarded.fixture.ts'
import { type Story, booting, endedAsTold, play } from './story.fixture.ts'
import { guardsUnclaimed, topics } from './topics.fixture.ts'

const staffed = async (installed: readonly Manifest[]): Promise<Guarded> => {
  const cluster = await guarded(installed)
  await employ(cluster)
  return cluster
}

/** The manifests with one rule or condition of the policy left out, each in turn. */
const oneLess = (installed: readonly Manifest[], name: string): readonly { readonly without: string; readonly left: Manifest[] }[] => {
  const policy = installed.find(({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && metadata.name === name)
  if (policy === undefined) throw new Error(`no policy ${name}`)
  // Border: a manifest is plain JSON.
  const { spec } = policy as unknown as { readonly spec: Readonly<Record<string, unknown>> }
  return ['validations', 'matchConditions'].flatMap(part => {
    const rules = (spec[part] ?? []) as readonly { readonly expression: string }[] // border: the same
    return rules.map((rule, i) => {
      const weaker = {
        ...policy,
        spec: { ...spec, [part]: rules.length === 1 ? [{ ...rule, expression: 'true' }] : rules.toSpliced(i, 1) },
      }
      return { without: `${part}[${i}]`, left: installed.map(each => (each === policy ? weaker : each)) }
    })
  })
}

describe.each(topics)('policy %s', (policy, stories) => {
  const installed = manifests({ guardUnclaimedNodes: guardsUnclaimed(policy) })
  let cluster: Guarded
  beforeAll(async () => {
    cluster = await staffed(installed)
  })

  it.each(stories.map((story, i) => [story.who, story.title, i, story] as const))('%s: %s (%i)', async (_who, _title, i, story) => {
    const answer = await play(cluster, story, `n${i}`)
    expect(answer).toSatisfy(told => endedAsTold(story, told), String(story.ends === 'ok' ? 'ok' : story.ends.saying))
  })

  it.each(oneLess(installed, policy))('without $without a story ends otherwise', async ({ left }) => {
    const weaker = await staffed(left)
    let noticed = false
    for (const [i, story] of stories.entries()) {
      noticed = !endedAsTold(story, await play(weaker, story, `n${i}`))
      if (noticed) break
    }
    expect(noticed).toBe(true)
  })
})

describe('options of the policies', () => {
  it('say who may not delete early', async () => {
    const cluster = await staffed(manifests({ denyEarlyDeletion: ['system:serviceaccount:kube-system:generic-garbage-collector'] }))
    const deletion = (who: Actor): Story => ({ title: '', who, given: booting, does: { delete: true }, ends: 'ok' })
    expect(await play(cluster, deletion('node-controller'), 'a')).toBe('ok')
    expect(await play(cluster, deletion('generic-garbage-collector'), 'b')).toMatch(/^403 early-deletion/)
  })

  it('say under which providerIDs kubelets may register', async () => {
    const cluster = await staffed(manifests({ kubeletProviderIDs: ['aws:///', 'gce://p/'] }))
    const registration = (providerID?: string): Story => ({
      title: '',
      who: 'kubelet',
      does: { create: { spec: { providerID } } },
      ends: 'ok',
    })
    expect(await play(cluster, registration(), 'a')).toBe('ok')
    expect(await play(cluster, registration('gce://p/z/b'), 'b')).toBe('ok')
    expect(await play(cluster, registration('gce://q/z/c'), 'c')).toMatch(
      /^403 kubelets.*or one that starts with aws:\/\/\/ or gce:\/\/p\//,
    )
  })

  it('leave other Nodes to whoever has them, unless they are asked to guard them', async () => {
    const cluster = await staffed(manifests())
    for (const [i, story] of unclaimedStories.entries()) expect(await play(cluster, story, `n${i}`)).toBe('ok')
  })
})
