import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { type Host, type Key, newKey } from './host.ts'
import { expectFreeHosts, giveUp, hostOf } from './look.ts'
import { claimOf, poolOf } from './manifests.ts'
import { booting, configured, told } from './said.ts'
import { story } from './story.ts'

const run = promisify(execFile)

/** Logs in to a host as people do. */
const ssh = async ({ address }: Host, user: string, key: Key, command: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'kube-node-login-'))
  try {
    const file = join(folder, 'key')
    await writeFile(file, key.private, { mode: 0o600 })
    const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'IdentitiesOnly=yes']
    const options = settings.flatMap(setting => ['-o', setting])
    return (await run('ssh', ['-F', '/dev/null', ...options, '-i', file, `${user}@${address}`, command])).stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Says a line and writes it down, and goes on when there is a sign. */
const chatty = 'for i in 1 2 3; do echo "line $i"; echo $i >>/run/lines; until [ -e /run/go-$i ]; do sleep 0.1; done; done'

story('kill -9, twice, in the middle of a step that speaks: it goes on, and no line is done twice', async ({ world, signal }) => {
  const { kubectl } = world
  const bootstrap = { type: 'none', commands: [chatty, 'echo last >>/run/lines'] }
  await kubectl('create -f -', poolOf('chatty', world.hosts, { bootstrap }), claimOf('chatty', 'chatty'))
  const host = await eventually({ signal }, () => hostOf(world, 'chatty'))
  const said = (lines: string): Promise<void> =>
    eventually({ signal }, async () => expect(await host.machine.run('cat /run/lines 2>/dev/null || true')).toBe(lines))
  await said('1\n')
  await world.controller.stop('SIGKILL')
  // Nobody is there who hears it.
  await host.machine.run('touch /run/go-1')
  await said('1\n2\n')
  const logins = (): Promise<string> => host.machine.run('grep -c "Accepted publickey for root" /var/log/sshd.log')
  const before = Number(await logins())
  await world.succeed()
  await eventually({ signal }, async () => expect(Number(await logins())).toBeGreaterThan(before))
  await world.controller.stop('SIGKILL')
  await host.machine.run('touch /run/go-2')
  await said('1\n2\n3\n')
  await world.succeed()
  await host.machine.run('touch /run/go-3')
  await configured(world, 'chatty', signal)
  expect(await host.machine.run('cat /run/lines')).toBe('1\n2\n3\nlast\n')
  await kubectl('delete node chatty --timeout=60s')
  await expectFreeHosts(world)
})

story('a user with a key and sudo, and a file with owner and mode', async ({ world, signal }) => {
  const { kubectl } = world
  const key = await newKey()
  const bootstrap = {
    type: 'none',
    users: [{ name: 'ops', sshAuthorizedKeys: [key.public.trim()], sudo: true }],
    files: [
      { path: '/srv/app/settings', content: 'of {{ node.name }}\n', owner: 'ops:ops', permissions: '0640' },
      { path: '/srv/app/open', content: 'for all\n' },
    ],
  }
  await kubectl('create -f -', poolOf('people', world.hosts, { bootstrap }), claimOf('people', 'people'))
  await configured(world, 'people', signal)
  const host = await hostOf(world, 'people')
  expect(await ssh(host, 'ops', key, 'id -un; cat /srv/app/settings')).toBe('ops\nof people\n')
  const looks = 'stat -c "%U:%G %a" /srv/app /srv/app/settings /srv/app/open /etc/sudoers.d/90-kube-node-ops ~ops/.ssh/authorized_keys'
  expect(await host.machine.run(looks)).toBe('root:root 755\nops:ops 640\nroot:root 644\nroot:root 440\nops:ops 600\n')
  expect(await host.machine.run('cat /etc/sudoers.d/90-kube-node-ops')).toBe('ops ALL=(ALL) NOPASSWD:ALL\n')
  await kubectl('delete node people --timeout=60s')
  await expectFreeHosts(world)
})

story('a cleaning that fails, and one that hangs: each is told, and goes on when it is mended on the host', async ({ world, signal }) => {
  const { kubectl } = world
  const clean = ['ls /run/needed', 'while [ -e /run/stuck ]; do sleep 0.1; done']
  await kubectl('create -f -', poolOf('dirty', world.hosts, { bootstrap: { type: 'none' }, clean }), claimOf('dirty', 'dirty'))
  const host = await eventually({ signal }, () => hostOf(world, 'dirty'))
  await booting(world, 'dirty', signal)
  await host.machine.run('touch /run/stuck')
  await kubectl('delete node dirty --wait=false')
  const failed = (words: string): Promise<void> =>
    eventually({ signal }, async () => expect(await told(world, 'dirty', 'MachineDeleteFailed')).toContain(words))
  await failed("command 1 of 2 of ssh.clean:\nls: cannot access '/run/needed'")
  await host.machine.run('touch /run/needed')
  await failed('the host is still being cleaned: command 1 of 2 of ssh.clean:\n/run/needed\ncommand 2 of 2 of ssh.clean:')
  await host.machine.run('rm /run/stuck')
  await kubectl('wait --for=delete node/dirty --timeout=60s')
  await expectFreeHosts(world)
})

story('a cleaning that nobody can mend: its machine is given up, and its host serves the next claim', async ({ world, signal }) => {
  const { kubectl } = world
  const pool = (clean: readonly string[]): object => poolOf('lost', world.hosts.slice(0, 1), { bootstrap: { type: 'none' }, clean })
  await kubectl('create -f -', pool(['touch /run/cleaning; tail -f /dev/null']), claimOf('lost', 'lost'))
  await booting(world, 'lost', signal)
  const host = await hostOf(world, 'lost')
  await kubectl('delete node lost --wait=false')
  await eventually({ signal }, async () => expect(await host.has('/run/cleaning')).toBe(true))
  await kubectl('apply -f -', pool([]))
  await giveUp(world)
  await kubectl('wait --for=delete node/lost --timeout=90s')
  await expectFreeHosts(world)
  expect(await host.machine.run('pgrep -x tail || true')).toBe('')
  await kubectl('create -f -', claimOf('next', 'lost'))
  await booting(world, 'next', signal)
  await kubectl('delete node next --timeout=60s')
  await expectFreeHosts(world)
})
