import { describe, expect, it } from 'vitest'
import { type FakeGoogle, startGoogle } from '../src/index.ts'

/** All that is done is done at once. */
const tookMs = 0

/** What a watcher hears from now on: names and statuses, in order. */
const heardOf = (google: FakeGoogle): readonly (readonly [name: string, now: string])[] => {
  const heard: [string, string][] = []
  google.watch((vm, now) => heard.push([vm.name, now]))
  return heard
}

describe('who watches hears of the VMs of pools', () => {
  it('as they come, and as they go', async () => {
    await using google = await startGoogle({ tookMs })
    const heard = heardOf(google)
    google.gke.makePool('a', 1, { zones: google.zones.slice(0, 1) })
    const [{ name } = { name: '' }] = google.gke.vmsOf('a')
    google.gke.resize('a', 0)
    expect(heard).toEqual(['PROVISIONING', 'RUNNING', 'STOPPING', 'gone'].map(now => [name, now]))
  })

  it('when GKE recreates one: the old one goes, and the next one comes under its name', async () => {
    await using google = await startGoogle({ tookMs })
    google.gke.makePool('a', 1, { zones: google.zones.slice(0, 1) })
    const [{ name } = { name: '' }] = google.gke.vmsOf('a')
    const heard = heardOf(google)
    google.gke.recreate(name)
    expect(heard).toEqual(['STOPPING', 'gone', 'PROVISIONING', 'RUNNING'].map(now => [name, now]))
  })

  it('and of none that Google has not: one that is sold out is never there', async () => {
    await using google = await startGoogle({ tookMs })
    const heard = heardOf(google)
    google.failing(() => ({ code: 'ZONE_RESOURCE_POOL_EXHAUSTED', message: 'none left' }))
    google.gke.makePool('a', 1)
    expect(heard).toEqual([])
  })

  it('nor that one runs that somebody ended meanwhile', async () => {
    await using google = await startGoogle({ tookMs })
    const heard = heardOf(google)
    const lift = google.hold('insert')
    google.gke.makePool('a', 1, { zones: google.zones.slice(0, 1) })
    const [{ name } = { name: '' }] = google.gke.vmsOf('a')
    google.end(name)
    lift()
    expect(heard).toEqual(['PROVISIONING', 'gone'].map(now => [name, now]))
  })
})
