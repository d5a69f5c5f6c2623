import { existsSync, writeFileSync } from 'node:fs'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import { join } from 'node:path'
import type { Machine } from '@kube-node/core/provider'
import { systemRuntime, withDeadline } from '@kube-node/core/runtime'
import { expect, it, vi } from 'vitest'
import { type Ground, ground, parsed } from './ground.ts'

// Programs are started in real time.
vi.setConfig({ testTimeout: 60_000 })

const patience = { timeout: 20_000, interval: 20 }
const minutes = 60_000

/** A quarter of the time for which core waits for a list. */
const inTime = <T>(list: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  withDeadline({ clock: systemRuntime().clock, ms: 15_000, what: 'the list' }, list)

/** A host that takes every connection, and never says a word. */
const silentHost = async (): Promise<AsyncDisposable & { readonly port: number; readonly asked: () => number }> => {
  const sockets = new Set<Socket>()
  let asked = 0
  const server = createServer(socket => {
    asked += 1
    sockets.add(socket.on('error', () => undefined).on('close', () => void sockets.delete(socket)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    // A server of TCP: the cast at the border.
    port: (server.address() as AddressInfo).port,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const poolOf = (port: number, clean: readonly string[] = []): ReturnType<typeof parsed> =>
  parsed({ driver: 'generic', hosts: [{ address: '127.0.0.1', port }], ssh: { clean } })

const secretsOf = ({ fake }: Ground): Readonly<Record<string, string>> => ({ 'ssh-privatekey': fake.keys.private })

/** A life that dies when it has written down which host it takes. */
const abandoned = async (stage: Ground, port: number): Promise<void> => {
  const given = new AbortController()
  const store: Ground['store'] = {
    ...stage.store,
    async put(...write) {
      const version = await stage.store.put(...write)
      given.abort(new Error('this life is over'))
      return version
    },
  }
  const work = stage.connect({ secrets: secretsOf(stage), store }).create(stage.request(poolOf(port)), stage.call(given.signal))
  await expect(work).rejects.toThrow('this life is over')
}

/** A life that dies when its host carries its mark. */
const marked = async (stage: Ground, clean: readonly string[]): Promise<void> => {
  const [host] = stage.fake.hosts
  if (!host) throw new Error('there is no host')
  const given = new AbortController()
  host.ended = () => given.abort(new Error('this life is over'))
  const request = stage.request(poolOf(host.port, clean))
  const work = stage.connect({ secrets: secretsOf(stage) }).create(request, stage.call(given.signal))
  await expect(work).rejects.toThrow('this life is over')
  host.ended = () => {}
}

it('is not held up by hosts that do not answer, nor by a host that is cleaned for long', async () => {
  await using stage = await ground()
  await using silent = await silentHost()
  await using mute = await silentHost()
  await using deaf = await silentHost()
  for (const { port } of [silent, mute, deaf]) await abandoned(stage, port)
  await marked(stage, ['echo >/etc/begun; until [ -e /etc/go ]; do sleep 0.02; done'])
  const connection = stage.connect({ secrets: secretsOf(stage) })
  const within = (file: string): string => join(stage.fake.folder, 'host-0', file)
  const listed = (): Promise<readonly Machine[]> => inTime(signal => stage.listed(connection, stage.call(signal, 31 * minutes)))
  for (let i = 0; i < 3; i++) expect(await listed()).toEqual([])
  // Each is asked once, and all of them at the same time.
  expect([silent, mute, deaf].map(({ asked }) => asked())).toEqual([1, 1, 1])
  await vi.waitFor(() => expect(existsSync(within('etc/begun'))).toBe(true), patience)
  writeFileSync(within('etc/go'), '')
  await vi.waitFor(async () => {
    expect((await connection.create(stage.request(stage.pool), stage.call())).state).toBe('running')
  }, patience)
  await connection[Symbol.asyncDispose]()
})

it('is not held up by a deletion that hangs, and shows in the end that it does', async () => {
  await using stage = await ground()
  const program = join(stage.fake.folder, 'slow')
  const hanging = `if [ "$1" = rm ]; then echo >>'${program}.rm'; exec tail -f /dev/null; fi`
  writeFileSync(program, `#!/bin/sh\n${hanging}\nexec '${stage.fake.options.program}' "$@"\n`, { mode: 0o755 })
  stage.fake.fault({ slowMs: 400, stopAfter: true })
  const request = stage.request(stage.ec2)
  const given = new AbortController()
  const work = stage.connect().create(request, stage.call(given.signal))
  const kept = async (): Promise<unknown> => expect(await stage.store.get(`machine-${request.name}`, stage.call())).toBeDefined()
  await vi.waitFor(kept, patience)
  given.abort(new Error('this life is over'))
  await expect(work).rejects.toThrow('this life is over')

  const connection = stage.connect({ program })
  /** A clock on which minutes pass as soon as somebody waits for them. */
  const { clock, ...rest } = stage.call()
  const hasty = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(Math.min(ms, 1_000), signal) }
  await vi.waitFor(async () => {
    const [machine] = await inTime(signal => stage.shown(connection, { ...rest, signal, clock: hasty }))
    expect(existsSync(`${program}.rm`)).toBe(true)
    expect(machine).toMatchObject({ id: request.name, problem: expect.stringContaining('was not done within 5 min') })
  }, patience)
  await connection[Symbol.asyncDispose]()
})
