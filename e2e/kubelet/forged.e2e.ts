import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { leftOf } from './leftovers.ts'
import { eventsOf, requests, running } from './look.ts'
import type { RunningMachine } from './machine.ts'
import { claim, obstacle } from './manifests.ts'
import { story } from './story.ts'

/** The names of the requests that a machine's kubelet has made. */
const asked = async ({ log }: RunningMachine): Promise<string[]> => {
  const lines = (await log()).matchAll(/"Certificate signing request created".* csr="(\S+)"/g)
  return [...lines].map(([, name]) => name ?? '')
}

story(
  'who has the bootstrap of another machine gets no identity: not its own a second time, not that of another',
  async ({ world, signal }) => {
    const { kubectl, cloud } = world
    // Its machine gets a certificate and stops there, so that the token lives on.
    await kubectl('create -f -', claim('a', 'halfway'))
    const first = await eventually({ signal }, async () => {
      const signed = (await requests(world)).filter(({ status }) => status?.certificate !== undefined)
      expect(signed).toHaveLength(1)
      return signed[0]
    })
    const stolen = Buffer.from(cloud.of('a')?.userData ?? '').toString('utf8')
    const complete = stolen.replaceAll(obstacle, 'systemctl enable --now containerd')
    const asB = complete.replaceAll('--hostname-override=a ', '--hostname-override=b ')
    expect(new Set([stolen, complete, asB]).size).toBe(3)

    const [another, other] = [await world.powerOn(Buffer.from(complete)), await world.powerOn(Buffer.from(asB))]
    const refusals: readonly (readonly [RunningMachine, string])[] = [
      [another, 'TokenSpent: the token for claim a, attempt 1 was used for another key already'],
      [other, 'WrongSubject: the common name is "system:node:b" and not system:node:a'],
    ]
    for (const [thief, why] of refusals) {
      await eventually({ signal }, async () => {
        const [request] = await asked(thief)
        expect(await eventsOf(world, 'a')).toContainEqual(
          expect.stringContaining(`CertificateRefused:certificate request ${request}: ${why}`),
        )
      })
    }
    // b's own machine joins all the same, while the other calls itself so.
    await kubectl('create -f -', claim('b'))
    const b = await running(world, 'b', signal)
    expect(b.spec?.providerID).toBe(cloud.of('b')?.machine.providerID)

    const ofToken = (await requests(world)).filter(({ spec }) => spec.username === first?.spec.username)
    expect(ofToken.length).toBeGreaterThan(2)
    const settled = ofToken.filter(({ status }) => status?.certificate !== undefined || (status?.conditions?.length ?? 0) > 0)
    expect(settled.map(({ metadata }) => metadata?.name)).toEqual([first?.metadata?.name])

    await kubectl('delete node a b --timeout=60s')
    await Promise.all([another.off(), other.off()])
    for (const name of [another.name, other.name, ...cloud.made().map(({ machine }) => machine.id)]) expect(await leftOf(name)).toEqual([])
  },
)

// It forgets the key that it has asked for a certificate when it ends before that comes, and a token is good for one key.
story('a kubelet that comes before its container runtime waits for it, and then joins', async ({ world, signal }) => {
  const { kubectl, cloud } = world
  const before = (await requests(world)).length
  await kubectl('create -f -', claim('c', 'late'))
  const machine = await eventually({ signal }, async () => {
    const found = cloud.of('c')?.running
    expect(await found?.run('pgrep -x timeout')).toMatch(/\d/)
    return found
  })
  expect(await requests(world)).toHaveLength(before)
  await machine?.run('systemctl start containerd')
  await running(world, 'c', signal)
  await kubectl('delete node c --timeout=60s')
})
