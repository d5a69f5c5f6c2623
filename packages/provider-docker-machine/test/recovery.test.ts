import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NodeClasses, Secrets } from '@kube-node/core/api'
import type { Json } from '@kube-node/core/kube'
import { expect, it, vi } from 'vitest'
import { type Cluster, cluster } from './cluster.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

const configure = async ({ client }: Cluster, config: Json): Promise<void> => {
  await client.patch(NodeClasses, { name: 'cloud' }, { merge: { spec: { config } } })
}

/** Mended, its machine is made and goes with its Node. Answers what was not as it must be. */
const goesOn = async (stage: Cluster): Promise<readonly unknown[]> => {
  await stage.booting('a')
  expect(stage.fake.machines()).toHaveLength(1)
  await stage.condemn('a')
  await stage.gone('a')
  return [...stage.fake.machines(), ...stage.broken]
}

it('says on the Node that there is no program, and goes on when it is installed', async () => {
  await using stage = await cluster()
  const program = join(stage.fake.folder, 'later')
  stage.begin({ program })
  await stage.claim('a', 'cloud')
  await stage.says('a', `${program}: there is no such program: install docker-machine or rancher-machine`)
  writeFileSync(program, readFileSync(stage.fake.options.program), { mode: 0o755 })
  expect(await goesOn(stage)).toEqual([])
})

it('says on the Node that there is no such driver, and goes on when the class is corrected', async () => {
  await using stage = await cluster()
  await configure(stage, { driver: 'amazonec3' })
  stage.begin()
  await stage.claim('a', 'cloud')
  await stage.says('a', 'Driver "amazonec3" not found')
  await configure(stage, { driver: 'amazonec2' })
  expect(await goesOn(stage)).toEqual([])
})

it('says on the Node that a driver is not installed, and goes on in an image that has it', async () => {
  await using stage = await cluster()
  const token = { 'hetzner-api-token': 'a-token-of-hetzner' }
  await stage.client.patch(Secrets, { namespace: 'kube-node-system', name: 'cloud' }, { merge: { data: null, stringData: token } })
  await configure(stage, { driver: 'hetzner', options: { 'amazonec2-instance-type': null, 'hetzner-server-type': 'cx22' } })
  stage.fake.fault({ missing: ['hetzner'] })
  const before = stage.begin()
  await stage.claim('a', 'cloud')
  await stage.says('a', '"docker-machine-driver-hetzner" accessible in your PATH')
  before.kill()
  stage.fake.fault({ missing: [] })
  stage.begin({ leads: true })
  expect(await goesOn(stage)).toEqual([])
})

it('says on the Node that there is no such option, with those that there are, and goes on when the class is corrected', async () => {
  await using stage = await cluster()
  await configure(stage, { options: { 'amazonec2-instance-typ': 't3.large' } })
  stage.begin()
  await stage.claim('a', 'cloud')
  await stage.says('a', 'driver amazonec2 has no option amazonec2-instance-typ; it has: amazonec2-access-key')
  await configure(stage, { options: { 'amazonec2-instance-typ': null } })
  expect(await goesOn(stage)).toEqual([])
})

it('says on a Node that is deleted that its driver is not installed any more, and lets it go when it is', async () => {
  await using stage = await cluster()
  stage.begin()
  await stage.claim('a', 'cloud')
  await stage.booting('a')
  stage.fake.fault({ missing: ['amazonec2'] })
  await stage.condemn('a')
  await stage.told('MachineDeleteFailed', "driver amazonec2 can't be used here, and without it the program forgets")
  expect(stage.fake.machines()).toHaveLength(1)
  stage.fake.fault({ missing: [] })
  await stage.gone('a')
  expect(stage.fake.machines()).toEqual([])
  expect(stage.broken).toEqual([])
})

it('lets a Node go whose class has other keys by then', async () => {
  await using stage = await cluster()
  stage.begin()
  await stage.claim('a', 'cloud')
  await stage.booting('a')
  stage.fake.fault({ rightKey: 'the-new-secret-key' })
  await stage.client.patch(
    Secrets,
    { namespace: 'kube-node-system', name: 'cloud' },
    { merge: { stringData: { 'amazonec2-secret-key': 'the-new-secret-key' } } },
  )
  await stage.condemn('a')
  await stage.gone('a')
  expect(stage.fake.machines()).toEqual([])
  expect(stage.broken).toEqual([])
})

it('has no more programs at work than it may, and as many', async () => {
  await using stage = await cluster()
  stage.fake.fault({ alwaysMs: 300 })
  stage.begin({ concurrency: 2 })
  const names = ['a', 'b', 'c', 'd', 'e']
  await Promise.all(names.map(name => stage.claim(name, 'cloud')))
  for (const name of names) await stage.booting(name)
  let [now, most] = [0, 0]
  for (const line of readFileSync(join(stage.fake.folder, 'creates'), 'utf8').trim().split('\n')) {
    now += line.startsWith('begin') ? 1 : -1
    most = Math.max(most, now)
  }
  expect([now, most]).toEqual([0, 2])
  expect(stage.broken).toEqual([])
})
