import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Machine, ProviderError, type Step } from '@kube-node/core/provider'
import { expect, it, vi } from 'vitest'
import { type Ground, ground, parsed, refusalOf } from './ground.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

const patience = { timeout: 20_000, interval: 20 }
const within = ({ fake }: Ground, file: string): string => join(fake.folder, 'host-0', file)
const textIn = (stage: Ground, file: string): string => readFileSync(within(stage, file), 'utf8')

/** A machine of the pool, and lives of the controller that know of it. */
const served = async (
  stage: Ground,
  clean: readonly string[] = [],
): Promise<{ readonly machine: Machine; life(): ReturnType<Ground['connect']> }> => {
  const life = (): ReturnType<Ground['connect']> => stage.connect({ secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const config = parsed({ ...stage.pool, ssh: { clean } })
  return { machine: await life().create(stage.request(config), stage.call()), life }
}

/** Says a line, and writes it down, and waits for a sign before it says the next. */
const chatty = (end = 'true'): Step => ({
  id: 'chatty',
  run: {
    command: `for i in 1 2 3; do echo "line $i"; echo $i >>/etc/lines; until [ -e /etc/go-$i ]; do sleep 0.02; done; done; ${end}`,
  },
})
const signs = (stage: Ground, ...numbers: readonly number[]): void => {
  for (const number of numbers) writeFileSync(within(stage, `etc/go-${number}`), '')
}
const begun = (stage: Ground): Promise<void> => vi.waitFor(() => expect(textIn(stage, 'etc/lines')).toBe('1\n'), patience)

/** A life that ends in the middle of the steps. */
const dying = async (stage: Ground, { machine, life }: Awaited<ReturnType<typeof served>>, steps: readonly Step[]): Promise<void> => {
  const given = new AbortController()
  const work = life().configure!(machine, steps, stage.pool, stage.call(given.signal))
  await begun(stage)
  given.abort(new Error('this life is over'))
  await expect(work).rejects.toThrow('this life is over')
}

it('goes on with a command that speaks when its connection breaks, and does no line of it twice', async () => {
  await using stage = await ground()
  const there = await served(stage)
  const steps = [chatty(), { id: 'last', run: { command: 'echo last >>/etc/lines' } }]
  await dying(stage, there, steps)
  const next = there.life().configure!(there.machine, steps, stage.pool, stage.call())
  signs(stage, 1, 2, 3)
  await next
  expect(textIn(stage, 'etc/lines')).toBe('1\n2\n3\nlast\n')
})

it('tells all that such a command has said to who comes later, and does it anew when it is asked again', async () => {
  await using stage = await ground()
  const there = await served(stage)
  await dying(stage, there, [chatty('exit 3')])
  const next = refusalOf(there.life().configure!(there.machine, [chatty('exit 3')], stage.pool, stage.call()))
  signs(stage, 1, 2, 3)
  expect((await next).message).toContain('step 1 of 1 (a command) ended with 3: line 1\nline 2\nline 3')
  const again = await refusalOf(there.life().configure!(there.machine, [chatty('exit 3')], stage.pool, stage.call()))
  expect(again.message).toContain('ended with 3: line 1\nline 2\nline 3')
  expect(textIn(stage, 'etc/lines')).toBe('1\n2\n3\n1\n2\n3\n')
})

it('takes a host back from a command that speaks, whoever has begun it', async () => {
  await using stage = await ground()
  const there = await served(stage)
  await dying(stage, there, [chatty()])
  await there.life().delete(there.machine, stage.call())
  expect(existsSync(within(stage, 'var/lib/kube-node/owner'))).toBe(false)
  signs(stage, 1, 2, 3)
  expect((await there.life().create(stage.request(stage.pool), stage.call())).state).toBe('running')
  expect(textIn(stage, 'etc/lines')).toBe('1\n')
})

it('is not begun again behind the back of who takes the host back', async () => {
  await using stage = await ground()
  const there = await served(stage)
  await dying(stage, there, [chatty()])
  const late = refusalOf(there.life().configure!(there.machine, [chatty()], stage.pool, stage.call()))
  await vi.waitFor(() => expect(stage.fake.hosts[0]!.atWork).toBe(1), patience)
  await there.life().delete(there.machine, stage.call())
  expect((await late).code).toBe('Internal')
  expect(textIn(stage, 'etc/lines')).toBe('1\n')
})

it('does nothing on a host that was given to another claim meanwhile', async () => {
  await using stage = await ground()
  const there = await served(stage)
  writeFileSync(within(stage, 'var/lib/kube-node/owner'), 'c1 another-claim 1\n')
  const file: Step = { id: 'file', run: { file: '/etc/file', bytes: Buffer.from('x'), mode: '0644', owner: 'root' } }
  for (const step of [chatty(), file]) {
    const error = await refusalOf(there.life().configure!(there.machine, [step], stage.pool, stage.call()))
    expect(error.message).toContain("the host is not this claim's any more")
  }
  expect([existsSync(within(stage, 'etc/lines')), existsSync(within(stage, 'etc/file'))]).toEqual([false, false])
})

it('takes no file for whole that a broken connection has cut off', async () => {
  await using stage = await ground()
  const there = await served(stage)
  const bytes = Buffer.alloc(500_000, 'all of it ')
  const file: Step = { id: 'file', run: { file: '/etc/whole', bytes, mode: '0644', owner: 'root' } }
  stage.fake.hosts[0]!.cutWithin = 100_000
  expect((await refusalOf(there.life().configure!(there.machine, [file], stage.pool, stage.call()))).message).toContain('broke')
  await there.life().configure!(there.machine, [file], stage.pool, stage.call())
  expect(textIn(stage, 'etc/whole')).toBe(bytes.toString())
})

it('keeps no more of a long output than people read', async () => {
  await using stage = await ground()
  const there = await served(stage)
  const endless: Step = {
    id: 'endless',
    run: { command: 'seq 400000; echo 1 >/etc/lines; until [ -e /etc/go-1 ]; do sleep 0.02; done; echo the end; exit 3' },
  }
  const work = refusalOf(there.life().configure!(there.machine, [endless], stage.pool, stage.call()))
  const logged = (): number => statSync(within(stage, 'var/lib/kube-node/steps/endless.log')).size
  await begun(stage)
  expect(logged()).toBeGreaterThan(2_000_000)
  await vi.waitFor(() => expect(logged()).toBeLessThan(200_000), patience)
  signs(stage, 1)
  expect((await work).message).toMatch(/ended with 3: (\d+\n)+the end$/)
})

const isMarked = (stage: Ground): boolean => existsSync(within(stage, 'var/lib/kube-node/owner'))

/** As docs/docker-machine.md has it. */
const giveUp = async ({ store, call }: Ground, { id }: Machine): Promise<void> => {
  const kept = await store.get(`machine-${id}`, call())
  await store.put(`machine-${id}`, new Uint8Array(), { version: kept?.version ?? 'nothing is kept' }, call())
}

it('tells which command of a cleaning fails, and takes the host back when that is mended on it', async () => {
  await using stage = await ground()
  const there = await served(stage, ['echo first >>/etc/cleaned', 'ls /etc/needed'])
  for (let i = 0; i < 2; i++) {
    const error = await refusalOf(there.life().delete(there.machine, stage.call()))
    expect(error.message).toMatch(/^the host can't be cleaned: command 1 of 2 of ssh.clean:\ncommand 2 of 2 of ssh.clean:\nls: .*needed/)
    expect(isMarked(stage)).toBe(true)
  }
  writeFileSync(within(stage, 'etc/needed'), '')
  await there.life().delete(there.machine, stage.call())
  expect(isMarked(stage)).toBe(false)
  expect(textIn(stage, 'etc/cleaned')).toBe('first\nfirst\nfirst\n')
})

it.each([
  ['fails', 'echo >/etc/begun; exit 3'],
  ['hangs', 'echo >/etc/begun; tail -f /dev/null'],
])('frees a host whose cleaning %s when its machine is given up', async (_how, command) => {
  await using stage = await ground()
  const there = await served(stage, [command])
  const given = new AbortController()
  const work = there
    .life()
    .delete(there.machine, stage.call(given.signal))
    .catch((error: unknown) => error)
  await vi.waitFor(() => expect(existsSync(within(stage, 'etc/begun'))).toBe(true), patience)
  await giveUp(stage, there.machine)
  await there.life().delete(there.machine, stage.call())
  given.abort(new Error('this life is over'))
  await work
  expect([isMarked(stage), existsSync(within(stage, 'var/lib/kube-node/running'))]).toEqual([false, false])
  expect(readFileSync(within(stage, 'called'), 'utf8')).toContain('systemctl disable --now kubelet')
  expect((await there.life().create(stage.request(stage.pool), stage.call())).state).toBe('running')
})

it('lets a machine go that is given up when its host does not answer', async () => {
  await using stage = await ground()
  const there = await served(stage)
  stage.fake.hosts[0]!.refusing = true
  await giveUp(stage, there.machine)
  const lines: string[] = []
  await there.life().delete(there.machine, { ...stage.call(), log: (_level, line) => lines.push(line) })
  expect(lines.join('\n')).toMatch(/was given up, and its host may carry its mark: .* refuses the key/)
  expect(await stage.listed(there.life())).toEqual([])
})

it('tells nothing of a secret that stands where an output is cut', async () => {
  await using stage = await ground()
  const there = await served(stage)
  const secret = Array.from({ length: 40 }, (_, i) => `secret-${i}-`).join('')
  const file: Step = { id: 'file', run: { file: '/etc/secret', bytes: Buffer.from(secret), mode: '0600', owner: 'root' } }
  // Of a long line, of many lines, and of more than is kept of either.
  const outputs = [
    `printf '%s' "$s"; head -c 900 /dev/zero | tr '\\0' x`,
    'echo "$s"; yes x | head -n 11',
    'printf "%s" "$s"; seq 30000',
    'printf "%s" "$s"; head -c 65436 /dev/zero | tr "\\0" x',
    'seq 40000 | tr -d "\\n"; echo "$s"; yes "$s$s" | head -n 300',
  ]
  for (const [i, output] of outputs.entries()) {
    const failing: Step = { id: `failing-${i}`, run: { command: `s=$(cat /etc/secret); ${output}; exit 3` } }
    const { message } = await refusalOf(there.life().configure!(there.machine, [file, failing], stage.pool, stage.call()))
    expect(message).toContain('ended with 3')
    expect(message).not.toMatch(/secret-\d/)
    expect(message.length).toBeLessThan(2_500)
  }
})

it("tells nothing of the class's secrets where the output of the program is cut", async () => {
  await using stage = await ground()
  const program = join(stage.fake.folder, 'chatty')
  const secret = 'k'.repeat(400)
  const failing = `if [ "$1 $4" = 'create --help' ]; then exec '${stage.fake.options.program}' "$@"; fi`
  writeFileSync(
    program,
    `#!/bin/sh\n${failing}\necho "the key is $AWS_SECRET_ACCESS_KEY, $(head -c 900 /dev/zero | tr '\\0' x)"\nexit 3\n`,
    { mode: 0o755 },
  )
  const secrets = { 'amazonec2-access-key': 'AKIAEXAMPLE', 'amazonec2-secret-key': secret }
  const refused = await refusalOf(stage.connect({ program, secrets }).create(stage.request(stage.ec2), stage.call()))
  expect(refused.message).toContain('the key is ***')
  expect(refused.message).not.toContain('kkkkkk')
})

it('leaves no connection open when the host key that it has shown can not be written down', async () => {
  await using stage = await ground()
  let writes = 0
  const store: Ground['store'] = {
    ...stage.store,
    async put(...write) {
      if ((writes += 1) > 1) throw new ProviderError('Unavailable', 'the API server does not answer')
      return stage.store.put(...write)
    },
  }
  const life = stage.connect({ store, secrets: { 'ssh-privatekey': stage.fake.keys.private } })
  const error = await refusalOf(life.create(stage.request(stage.pool), stage.call()))
  expect(error.message).toContain('the API server does not answer')
  await vi.waitFor(() => expect(stage.fake.hosts[0]!.connections).toBe(0), { timeout: 5_000, interval: 20 })
})
