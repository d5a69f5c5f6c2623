import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { type Host, type Key, newKey } from './host.ts'
import { expectFreeHosts, hostOf } from './look.ts'
import { claimOf, poolOf } from './manifests.ts'
import { configured } from './said.ts'
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
