import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { NodeClasses, Secrets } from '@kube-node/core/api'
import { listAll } from '@kube-node/core/kube'
import { expect, it, vi } from 'vitest'
import { type Cluster, cluster } from './cluster.ts'

const host = ({ fake }: Cluster, file: string, number = 0): string => join(fake.folder, `host-${number}`, file)
const mark = '/var/lib/kube-node/owner'
const instanceOf = (files: Readonly<Record<string, string>> | undefined, id: string): string =>
  /"InstanceId": "(.*)"/.exec(files?.[`machines/${id}/config.json`] ?? '')?.[1] ?? ''

const patience = { timeout: 20_000, interval: 20 }
const elsewhere = ({ fake }: Cluster): string => join(fake.folder, 'elsewhere')

/** The machine of class cloud, when it is kept which one it is. */
const madeAndKept = (stage: Cluster) =>
  vi.waitFor(() => {
    const [machine] = stage.fake.machines()
    if (!machine) throw new Error('there is none yet')
    expect(instanceOf(stage.kept(machine.name), machine.name)).toBe(machine.id)
    return machine
  }, patience)

/** When the program has died its fault; the computer's disk is gone then. */
const dead = async ({ fake }: Cluster): Promise<void> => {
  await vi.waitFor(() => expect(readFileSync(join(fake.folder, 'faults.json'), 'utf8')).not.toContain('stop'), patience)
  rmSync(fake.options.storage, { recursive: true, force: true, maxRetries: 5 })
}

const expectNothingLeft = (stage: Cluster, id: string): void => {
  expect(stage.fake.machines()).toEqual([])
  expect(stage.kept(id)).toBeUndefined()
  expect(existsSync(host(stage, mark))).toBe(false)
  expect(stage.broken).toEqual([])
}

const remove = async (stage: Cluster, name: string): Promise<void> => {
  await stage.condemn(name)
  await stage.gone(name)
}

it.each(['cloud', 'pool'] as const)("makes a claim's machine of class %s, and takes it away with its Node", async className => {
  await using stage = await cluster()
  stage.begin()
  await stage.claim('a', className)
  const id = await stage.booting('a')
  expect(Object.keys(stage.kept(id) ?? {})).toEqual([`machines/${id}/config.json`, `machines/${id}/id_rsa`])
  await vi.waitFor(() => expect(readFileSync(host(stage, 'etc/configured'), 'utf8')).toBe('a\n'), patience)
  await remove(stage, 'a')
  expectNothingLeft(stage, id)
})

it.each(['cloud', 'pool'] as const)('goes on elsewhere when a pod of class %s dies with its disk', async className => {
  await using stage = await cluster()
  const before = stage.begin()
  await stage.claim('a', className)
  const id = await stage.booting('a')
  before.kill()
  rmSync(stage.fake.options.storage, { recursive: true })
  stage.begin({ storage: elsewhere(stage), leads: true })
  await vi.waitFor(() => expect(readFileSync(host(stage, 'etc/configured'), 'utf8')).toBe('a\n'), patience)
  await remove(stage, 'a')
  expectNothingLeft(stage, id)
})

it.each(['cloud', 'pool'] as const)('removes elsewhere what a pod of class %s had made that died with its disk', async className => {
  await using stage = await cluster()
  const before = stage.begin()
  await stage.claim('a', className)
  const id = await stage.booting('a')
  before.kill()
  await stage.condemn('a')
  rmSync(stage.fake.options.storage, { recursive: true })
  expect(stage.fake.machines()).toHaveLength(1)
  // Without what it had kept the program says that all is removed, and removes nothing.
  stage.begin({ storage: elsewhere(stage), leads: true })
  await stage.gone('a')
  expectNothingLeft(stage, id)
})

it('removes what a create had made when the computer died under it', async () => {
  await using stage = await cluster()
  const before = stage.begin()
  // The driver has written down what it made, and the program has not ended.
  stage.fake.fault({ slowMs: 300, stopAfter: true })
  await stage.claim('a', 'cloud')
  const { name } = await madeAndKept(stage)
  before.kill()
  await dead(stage)
  stage.begin({ storage: elsewhere(stage), leads: true })
  await stage.says('a', 'its create was begun on another computer, which has not said how it ended')
  await stage.says('a', 'if no kubelet has joined by')
  await remove(stage, 'a')
  expect(stage.fake.machines()).toEqual([])
  expect(stage.kept(name)).toBeUndefined()
  expect(stage.broken).toEqual([])
})

it('keeps what a create writes down whose controller has died, when another one leads', async () => {
  await using stage = await cluster()
  const { storage } = stage.fake.options
  const before = stage.begin()
  stage.fake.fault({ waitMs: 500, slowMs: 1_000, stopAfter: true })
  await stage.claim('a', 'cloud')
  await vi.waitFor(() => expect(readdirSync(storage)).toContainEqual(expect.stringMatching(/\.run$/)), patience)
  before.kill()
  expect(stage.fake.machines()).toEqual([])
  const next = stage.begin({ leads: true })
  await madeAndKept(stage)
  next.kill()
  await dead(stage)
  stage.begin({ storage: elsewhere(stage), leads: true })
  await stage.booting('a')
  await remove(stage, 'a')
  expect(stage.fake.machines()).toEqual([])
  expect(stage.broken).toEqual([])
})

/** As docs/docker-machine.md has it: a person has removed it in the cloud, and gives it up. */
const giveUp = async ({ client, fake }: Cluster, name: string): Promise<void> => {
  rmSync(join(fake.folder, 'cloud', `${fake.machines().find(machine => machine.name === name)?.id}.json`))
  const secrets = await listAll(client, Secrets, { namespace: 'kube-node-system', labels: 'kube-node.dev/store' })
  const secret = secrets.find(({ metadata }) => metadata?.annotations?.['kube-node.dev/store-key'] === `machine-${name}`)
  const key = { namespace: 'kube-node-system', name: secret?.metadata?.name ?? '' }
  await client.patch(Secrets, key, { merge: { data: { bytes: '' } } })
}

it('asks a person to look where nobody knows what was made, and believes what is said', async () => {
  await using stage = await cluster()
  const before = stage.begin()
  stage.fake.fault({ stopInFlight: true })
  await stage.claim('a', 'cloud')
  await stage.told('MachineCreateFailed', 'Look in the cloud for a machine of that name and remove it')
  before.kill()
  await dead(stage)
  stage.begin({ storage: elsewhere(stage), leads: true })
  await stage.booting('a')
  const [made] = stage.fake.machines()
  await stage.condemn('a')
  // On this computer nobody knows any more that it was stopped.
  await stage.says('a', 'it may still be at work there until')
  expect(stage.fake.machines()).toEqual([made])
  await giveUp(stage, made?.name ?? '')
  await stage.gone('a')
  expect(stage.broken).toEqual([])
})

it('says so on a Node that nobody deletes, at once, and makes another machine when a person has looked', async () => {
  await using stage = await cluster()
  const before = stage.begin()
  stage.fake.fault({ stopInFlight: true })
  await stage.claim('a', 'cloud')
  await stage.told('MachineCreateFailed', 'Look in the cloud')
  before.kill()
  stage.begin({ leads: true })
  await stage.says('a', 'Look in the cloud for a machine of that name and remove it, then empty the Secret')
  await stage.says('a', 'if no kubelet has joined by')
  const [made] = stage.fake.machines()
  await giveUp(stage, made?.name ?? '')
  await stage.told('MachineConfigured', 'all steps were done')
  expect(stage.fake.machines()).toMatchObject([{ name: expect.not.stringMatching(made?.name ?? '') }])
  await remove(stage, 'a')
  expect(stage.fake.machines()).toEqual([])
  expect(stage.broken).toEqual([])
})

it.each([
  ['the answer of its call was lost', { loseLaunch: true }, 'connection reset by peer'],
  ['its cleanup was refused', { failCleanup: 'UnauthorizedOperation: You are not authorized' }, 'UnauthorizedOperation'],
])('makes no other machine for a create that failed when %s, until a person has looked', async (_when, fault, words) => {
  await using stage = await cluster()
  stage.begin()
  stage.fake.fault(fault)
  await stage.claim('a', 'cloud')
  await stage.says('a', words)
  await stage.says('a', 'Look in the cloud for a machine of that name and remove it, then empty the Secret')
  await stage.booting('a')
  const [made] = stage.fake.machines()
  await stage.condemn('a')
  await stage.told('MachineDeleteFailed', `then empty the Secret in which kube-node keeps ${made?.name}`)
  expect(stage.fake.machines()).toEqual([made])
  await giveUp(stage, made?.name ?? '')
  await stage.gone('a')
  expect(stage.fake.machines()).toEqual([])
  expect(stage.broken).toEqual([])
})

it('makes others of all machines whose creates fail at once when their life is over', async () => {
  await using stage = await cluster(2)
  const before = stage.begin()
  stage.fake.fault({ alwaysMs: 1_500, failGeneric: true })
  for (const name of ['a', 'b']) await stage.claim(name, 'pool')
  await vi.waitFor(() => expect(readdirSync(stage.fake.options.storage).filter(file => file.endsWith('.run'))).toHaveLength(2), patience)
  before.kill()
  stage.begin({ leads: true })
  for (const name of ['a', 'b']) await stage.booting(name)
  stage.fake.fault({ alwaysMs: 0 })
  await stage.told('MachineCreateFailed', 'ssh command error')
  stage.fake.fault({ failGeneric: false })
  for (const name of ['a', 'b']) await stage.booting(name)
  await vi.waitFor(() => expect(readFileSync(host(stage, 'etc/configured', 1), 'utf8')).toMatch(/[ab]\n/), patience)
  for (const name of ['a', 'b']) await remove(stage, name)
  expect(stage.broken).toEqual([])
})

it('gives each of two leaders at once a host of its own for every claim', async () => {
  await using stage = await cluster(3)
  stage.begin({ leads: true })
  stage.begin({ leads: true, storage: elsewhere(stage) })
  const names = ['a', 'b', 'c']
  for (const name of names) await stage.claim(name, 'pool')
  for (const name of names) await stage.booting(name)
  await vi.waitFor(() => {
    const configured = names.map((_, number) => readFileSync(host(stage, 'etc/configured', number), 'utf8'))
    expect(configured.toSorted()).toEqual(names.map(name => `${name}\n`))
  }, patience)
  await Promise.all(names.map(name => remove(stage, name)))
  for (const number of names.keys()) expect(existsSync(host(stage, mark, number))).toBe(false)
  expect(stage.broken).toEqual([])
})

it('makes one machine for every claim, when two lead at once', async () => {
  await using stage = await cluster()
  stage.begin({ leads: true })
  stage.begin({ leads: true, storage: elsewhere(stage) })
  const names = ['a', 'b', 'c']
  for (const name of names) await stage.claim(name, 'cloud')
  const ids = await Promise.all(names.map(name => stage.booting(name)))
  await vi.waitFor(() => expect(stage.fake.machines().map(({ name }) => name)).toHaveLength(3), patience)
  await vi.waitFor(() => expect(readFileSync(host(stage, 'etc/configured'), 'utf8').split('\n')).toHaveLength(4), patience)
  expect(
    stage.fake
      .machines()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(ids.toSorted())
  await Promise.all(names.map(name => remove(stage, name)))
  expect(stage.fake.machines()).toEqual([])
  expect(stage.broken).toEqual([])
})

/** Lets class pool do something else on its machines. */
const amend = async ({ client }: Cluster, command: string, timeouts: Readonly<Record<string, string>> = {}): Promise<void> => {
  await client.patch(NodeClasses, { name: 'pool' }, { merge: { spec: { bootstrap: { commands: [command] }, timeouts } } })
}
const hanging = 'echo begun >>/etc/begun; tail -f /dev/null'
const hasBegun = (stage: Cluster, number = 0): Promise<void> =>
  vi.waitFor(() => expect(existsSync(host(stage, 'etc/begun', number))).toBe(true), patience)

it('lets a Node go on whose machine a command hangs', async () => {
  await using stage = await cluster()
  await amend(stage, hanging)
  stage.begin()
  await stage.claim('a', 'pool')
  await hasBegun(stage)
  await remove(stage, 'a')
  expect(existsSync(host(stage, mark))).toBe(false)
  expect(stage.broken).toEqual([])
})

it('replaces a machine on which a command hangs or fails for too long, by one that is made as the class says then', async () => {
  await using stage = await cluster(2)
  await amend(stage, hanging, { provision: '2s', join: '1s' })
  stage.begin()
  await stage.claim('a', 'pool')
  await hasBegun(stage)
  await amend(stage, 'echo "there is no such disk" >&2; exit 3')
  await stage.told('MachineConfigureFailed', 'given up, as it was not done within')
  await stage.told('MachineConfigureFailed', 'ended with 3: there is no such disk')
  await amend(stage, 'true')
  await stage.told('MachineConfigured', 'all steps were done')
  await remove(stage, 'a')
  for (const number of [0, 1]) expect(existsSync(host(stage, mark, number))).toBe(false)
  expect(stage.broken).toEqual([])
})
