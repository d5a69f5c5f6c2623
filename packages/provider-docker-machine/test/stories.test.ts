import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProviderError } from '@kube-node/core/provider'
import { expect, it, vi } from 'vitest'
import { ground, parsed, refusalOf } from './ground.ts'
import { awsSecrets } from './world.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

it('shows no secret on a command line', async () => {
  await using stage = await ground()
  await stage.connect().create(stage.request(stage.ec2), stage.call())
  expect(stage.commandLines()).toContain('--amazonec2-region=eu-1')
  for (const secret of Object.values(awsSecrets)) expect(stage.commandLines()).not.toContain(secret)
})

it('shows on one what the driver reads from nowhere else, and nothing more', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets: { ...awsSecrets, 'amazonec2-session-password': 'a-password' } })
  const machine = await connection.create(stage.request(stage.ec2), stage.call())
  expect(stage.commandLines()).toContain('--amazonec2-session-password=a-password')
  await connection.delete(machine, stage.call())
  for (const secret of Object.values(awsSecrets)) expect(stage.commandLines()).not.toContain(secret)
})

it('goes on with a create that a life before has begun, however that life ended', async () => {
  await using stage = await ground()
  const request = stage.request(stage.ec2)
  stage.fake.fault({ slowMs: 1_500 })
  const given = new AbortController()
  const first = stage.connect().create(request, stage.call(given.signal))
  await vi.waitFor(() => expect(stage.fake.machines()).toHaveLength(1), { timeout: 20_000 })
  given.abort(new Error('this life is over'))
  await expect(first).rejects.toThrow('this life is over')
  // It does not even look like something that could be removed: a create is never stopped.
  const busy = await refusalOf(stage.connect().delete((await stage.listed(stage.connect()))[0]!, stage.call()))
  expect(busy.code).toBe('Busy')

  const other = stage.request(stage.ec2)
  const machine = await stage.connect().create(other, stage.call())
  expect(machine.state).toBe('running')
  await vi.waitFor(
    async () => {
      const left = (await stage.listed(stage.connect())).find(({ id }) => id === request.name)
      await stage.connect().delete(left!, stage.call())
    },
    { timeout: 20_000 },
  )
  expect(stage.fake.machines().map(({ name }) => name)).toEqual([other.name])
})

it('keeps keys and certificates where they outlive the computer, and removes the machine from another one', async () => {
  await using stage = await ground()
  const machine = await stage.connect().create(stage.request(stage.ec2), stage.call())
  rmSync(stage.fake.options.storage, { recursive: true })
  const elsewhere = stage.connect({ storage: join(stage.fake.folder, 'elsewhere') })
  expect(await stage.listed(elsewhere)).toMatchObject([{ id: machine.id, state: 'running' }])
  await elsewhere.configure?.(machine, [{ id: 'one', run: { command: 'true' } }], stage.ec2, stage.call())
  await elsewhere.delete(machine, stage.call())
  expect(stage.fake.machines()).toEqual([])
  expect(await stage.listed(elsewhere)).toEqual([])
})

it('forgets no machine whose deletion failed', async () => {
  await using stage = await ground()
  const connection = stage.connect()
  const machine = await connection.create(stage.request(stage.ec2), stage.call())
  stage.fake.fault({ failRemove: true })
  const error = await refusalOf(connection.delete(machine, stage.call()))
  expect(error).toMatchObject({ code: 'Unavailable' })
  expect(error.message).toContain('connection refused')
  expect(await stage.listed(connection)).toMatchObject([{ id: machine.id, state: 'stopping' }])
  stage.fake.fault({ failRemove: false })
  await connection.delete(machine, stage.call())
  expect(stage.fake.machines()).toEqual([])
})

it('does not believe that nothing lives when the computer died while the cloud made the machine', async () => {
  await using stage = await ground()
  const connection = stage.connect()
  const request = stage.request(stage.ec2)
  stage.fake.fault({ stopInFlight: true })
  const lost = await refusalOf(connection.create(request, stage.call()))
  expect(lost.facts.outcome).not.toBe('none')
  // The same word to whoever would make it a second time.
  expect((await refusalOf(stage.connect().create(request, stage.call()))).message).toContain('Look in the cloud')
  const [machine] = await stage.listed(connection)
  const kept = await refusalOf(connection.delete(machine!, stage.call()))
  expect(kept.message).toContain(`Look in the cloud for a machine of that name`)
  expect(stage.fake.machines()).toHaveLength(1)

  // A person has removed it by hand, and says so.
  const entry = await stage.store.get(`machine-${request.name}`, stage.call())
  await stage.store.put(`machine-${request.name}`, new Uint8Array(), { version: entry?.version ?? 'nothing is kept' }, stage.call())
  await connection.delete(machine!, stage.call())
  expect(await stage.listed(connection)).toEqual([])
})

it('gives no host away twice, to however many leaders, and takes it back when its claim is gone', async () => {
  await using stage = await ground(2)
  const secrets = { 'ssh-privatekey': stage.fake.keys.private }
  const leaders = [stage.connect({ secrets }), stage.connect({ secrets, storage: join(stage.fake.folder, 'elsewhere') })]
  const creates = [0, 1, 2, 3].map(i => leaders[i % 2]!.create(stage.request(stage.pool), stage.call()))
  const outcomes = await Promise.allSettled(creates)
  const made = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const refused = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as ProviderError] : []))
  expect(made).toHaveLength(2)
  expect(refused.map(({ code, facts }) => `${code} ${facts.outcome}`)).toEqual(['InsufficientCapacity none', 'InsufficientCapacity none'])

  await leaders[1]!.delete(made[0]!, stage.call())
  const again = await leaders[0]!.create(stage.request(stage.pool), stage.call())
  expect((await stage.listed(leaders[0]!)).map(({ id }) => id).toSorted()).toEqual([made[1]!.id, again.id].toSorted())
})

it('takes no host that serves somebody whom this cluster does not know', async () => {
  await using stage = await ground()
  const mark = join(stage.fake.folder, 'host-0/var/lib/kube-node/owner')
  const secrets = { 'ssh-privatekey': stage.fake.keys.private }
  const machine = await stage.connect({ secrets }).create(stage.request(stage.pool), stage.call())
  writeFileSync(mark, 'another-cluster another-claim 1\n')
  // It is not cleaned either: it is not ours any more.
  await stage.connect({ secrets }).delete(machine, stage.call())
  expect(readFileSync(mark, 'utf8')).toContain('another-claim')
  const error = await refusalOf(stage.connect({ secrets }).create(stage.request(stage.pool), stage.call()))
  expect(error).toMatchObject({ code: 'InvalidConfig', facts: { outcome: 'none' } })
  expect(error.message).toContain('it serves claim another-claim of cluster another-cluster')
  expect(await stage.listed(stage.connect({ secrets }))).toEqual([])
})

it('tries another host when one does not answer', async () => {
  await using stage = await ground(2)
  const secrets = { 'ssh-privatekey': stage.fake.keys.private }
  const connection = stage.connect({ secrets })
  await stage.fake.hosts[0]![Symbol.asyncDispose]()
  const error = await refusalOf(connection.create(stage.request(stage.pool), stage.call()))
  expect(error).toMatchObject({ code: 'Unavailable', facts: { outcome: 'none' } })
  expect((await connection.create(stage.request(stage.pool), stage.call())).state).toBe('running')
})

it('keeps the host key of the first connection, and talks to nobody with another one', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const machine = await connection.create(stage.request(stage.pool), stage.call())
  await stage.fake.hosts[0]!.reinstall()
  const step = { id: 'secret', run: { file: '/etc/secret', bytes: Buffer.from('hidden'), mode: '0600', owner: 'root' } }
  const error = await refusalOf(connection.configure!(machine, [step], stage.pool, stage.call()))
  expect(error.code).toBe('Unavailable')
  expect(error.message).toContain('another machine answers, or it was installed anew')
  expect(existsSync(join(stage.fake.folder, 'host-0/etc/secret'))).toBe(false)
})

it('asks for the host key that the class names, from the first connection on', async () => {
  await using stage = await ground()
  const config = (hostKey: string) =>
    parsed({ driver: 'generic', hosts: [{ address: '127.0.0.1', port: stage.fake.hosts[0]!.port, hostKey }] })
  const connection = stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const error = await refusalOf(connection.create(stage.request(config(`SHA256:${'A'.repeat(43)}`)), stage.call()))
  expect(error.message).toContain('another machine answers')
  await connection.create(stage.request(config(stage.fake.hosts[0]!.hostKey())), stage.call())
})

it('does each step once, in order, and goes on behind a connection that broke', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const machine = await connection.create(stage.request(stage.pool), stage.call())
  const file = { id: 'a', run: { file: '/etc/deep/er/token', bytes: Buffer.from([0, 255, 10]), mode: '0640', owner: 'root' } }
  const count = (id: string) => ({ id, run: { command: `echo ${id} >>/etc/count` } })
  const steps = [file, count('b'), count('c')]
  stage.fake.hosts[0]!.cutAfter = 3
  const broken = await refusalOf(connection.configure!(machine, steps, stage.pool, stage.call()))
  expect(broken.code).toBe('Unavailable')
  await connection.configure!(machine, steps, stage.pool, stage.call())
  await connection.configure!(machine, steps, stage.pool, stage.call())
  const root = join(stage.fake.folder, 'host-0/etc')
  expect(readFileSync(join(root, 'count'), 'utf8')).toBe('b\nc\n')
  expect([...readFileSync(join(root, 'deep/er/token'))]).toEqual([0, 255, 10])
})

it('does each step once, when two leaders are at it at the same time', async () => {
  await using stage = await ground()
  const secrets = { 'ssh-privatekey': stage.fake.keys.private }
  const machine = await stage.connect({ secrets }).create(stage.request(stage.pool), stage.call())
  const steps = ['a', 'b'].map(id => ({ id, run: { command: `echo ${id} >>/etc/count` } }))
  await Promise.all([0, 1, 2].map(() => stage.connect({ secrets }).configure!(machine, steps, stage.pool, stage.call())))
  expect(readFileSync(join(stage.fake.folder, 'host-0/etc/count'), 'utf8')).toBe('a\nb\n')
})

it('tells the output of a step that failed, and nothing secret of it', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const machine = await connection.create(stage.request(stage.pool), stage.call())
  const token = 'abcdef.0123456789abcdef'
  const steps = [
    { id: 'a', run: { file: '/etc/kubeconfig', bytes: Buffer.from(`token: ${token}\n`), mode: '0600', owner: 'root' } },
    { id: 'b', run: { command: 'cat /etc/kubeconfig; echo no space left on device >&2; exit 7' } },
  ]
  const error = await refusalOf(connection.configure!(machine, steps, stage.pool, stage.call()))
  expect(error.message).toContain('step 2 of 2 (a command) ended with 7')
  expect(error.message).toContain('no space left on device')
  expect(error.message).not.toContain(token)
})

it('gives up a step that hangs when its time is over', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const machine = await connection.create(stage.request(stage.pool), stage.call())
  const given = new AbortController()
  const work = connection.configure!(
    machine,
    [{ id: 'a', run: { command: 'echo >/etc/started; exec tail -f /dev/null' } }],
    stage.pool,
    stage.call(given.signal),
  )
  await vi.waitFor(() => expect(existsSync(join(stage.fake.folder, 'host-0/etc/started'))).toBe(true), { timeout: 20_000 })
  given.abort(new Error('its time is over'))
  await expect(work).rejects.toThrow('its time is over')
})

it('takes a host back from a step that hangs', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const machine = await connection.create(stage.request(stage.pool), stage.call())
  const given = new AbortController()
  const hanging = [{ id: 'a', run: { command: 'echo >/etc/started; tail -f /dev/null' } }]
  const work = connection.configure!(machine, hanging, stage.pool, stage.call(given.signal))
  const root = join(stage.fake.folder, 'host-0')
  await vi.waitFor(() => expect(existsSync(join(root, 'etc/started'))).toBe(true), { timeout: 20_000 })
  given.abort(new Error('its time is over'))
  await expect(work).rejects.toThrow('its time is over')
  await connection.delete(machine, stage.call())
  expect(existsSync(join(root, 'var/lib/kube-node/owner'))).toBe(false)
  expect((await connection.create(stage.request(stage.pool), stage.call())).state).toBe('running')
})

it('cleans a host before it is given again', async () => {
  await using stage = await ground()
  const connection = stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const config = parsed({ ...stage.pool, ssh: { clean: ['echo cleaned >>/etc/cleaned'] } })
  const machine = await connection.create(stage.request(config), stage.call())
  await connection.configure!(machine, [{ id: 'a', run: { command: 'true' } }], config, stage.call())
  await connection.delete(machine, stage.call())
  const root = join(stage.fake.folder, 'host-0')
  expect(readFileSync(join(root, 'etc/cleaned'), 'utf8')).toBe('cleaned\n')
  expect(readFileSync(join(root, 'called'), 'utf8')).toContain('systemctl disable --now kubelet')
  expect(existsSync(join(root, 'var/lib/kube-node/steps'))).toBe(false)
  expect(existsSync(join(root, 'var/lib/kube-node/owner'))).toBe(false)
})

it.each<[string, Record<string, unknown>, Record<string, string>, string, string]>([
  ['an unknown driver', { driver: 'nowhere' }, awsSecrets, 'InvalidConfig', 'Driver "nowhere" not found'],
  [
    'an unknown option',
    { driver: 'amazonec2', options: { 'amazonec2-regoin': 'x' } },
    awsSecrets,
    'InvalidConfig',
    'no option amazonec2-regoin',
  ],
  [
    'a secret that the driver does not know',
    { driver: 'amazonec2' },
    { 'amazonec2-passwd': 'secret' },
    'InvalidConfig',
    'amazonec2-passwd',
  ],
  ['a wrong secret', { driver: 'amazonec2' }, { ...awsSecrets, 'amazonec2-secret-key': 'of-somebody-else' }, 'Unauthorized', 'AuthFailure'],
])('says what is wrong with %s, before anything is made', async (_what, config, secrets, code, words) => {
  await using stage = await ground()
  const connection = stage.connect({ secrets })
  const error = await refusalOf(connection.create(stage.request(parsed(config)), stage.call()))
  expect(error).toMatchObject({ code, facts: { outcome: 'none' } })
  expect(error.message).toContain(words)
  for (const secret of Object.values(secrets)) expect(error.message).not.toContain(secret)
  expect(await stage.listed(connection)).toEqual([])
})

it('says that there is no program, and finds one that comes later', async () => {
  await using stage = await ground()
  const program = join(stage.fake.folder, 'later')
  const connection = stage.connect({ program })
  const error = await refusalOf(connection.create(stage.request(stage.ec2), stage.call()))
  expect(error).toMatchObject({ code: 'Unavailable', facts: { outcome: 'none' } })
  expect(error.message).toContain('there is no such program')
  writeFileSync(program, readFileSync(stage.fake.options.program), { mode: 0o755 })
  expect((await connection.create(stage.request(stage.ec2), stage.call())).state).toBe('running')
})

it('says that the key of the Secret is refused, and goes on with another one', async () => {
  await using stage = await ground()
  const request = stage.request(stage.pool)
  stage.fake.hosts[0]!.refusing = true
  const error = await refusalOf(stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } }).create(request, stage.call()))
  expect(error).toMatchObject({ code: 'Unauthorized', facts: { outcome: 'none' } })
  stage.fake.hosts[0]!.refusing = false
  await stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } }).create(request, stage.call())
})

it('says what is wrong with a key that can not be read, and nothing of it', async () => {
  await using stage = await ground()
  const error = await refusalOf(
    stage.connect({ secrets: { 'ssh-privatekey': 'not-a-key' } }).create(stage.request(stage.pool), stage.call()),
  )
  expect(error).toMatchObject({ code: 'Unauthorized', facts: { outcome: 'none' } })
  expect(error.message).toMatch(/^the private key of the class's Secret can't be read: .*format/)
  expect(error.message).not.toContain('not-a-key')
})
