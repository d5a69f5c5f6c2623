import { execFile } from 'node:child_process'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { newKey } from './host.ts'
import { expectFreeHosts, hostOf, served } from './look.ts'
import { claimOf, poolOf, secret } from './manifests.ts'
import { booting, configured, saying, told } from './said.ts'
import { story } from './story.ts'
import type { World } from './world.ts'

const run = promisify(execFile)

const gone = async (world: World, name: string): Promise<void> => {
  await world.kubectl(`delete node ${name} --timeout=60s`)
  await expectFreeHosts(world)
}

story('a wrong key: the Node says so, and goes on when the Secret is mended', async ({ world, signal }) => {
  const { kubectl, hosts, key } = world
  await kubectl(
    'create -f -',
    secret('wrong', await newKey()),
    poolOf('refused', hosts, { secretName: 'wrong', bootstrap: { type: 'none' } }),
  )
  await kubectl('create -f -', claimOf('refused', 'refused'))
  await saying(world, 'refused', "refuses the key of the class's Secret", signal)
  expect(await served(world)).toEqual([])
  await kubectl('apply -f -', secret('wrong', key))
  await booting(world, 'refused', signal)
  await gone(world, 'refused')
})

story('a host that does not answer, or shows another key than the class asks for', async ({ world, signal }) => {
  const { kubectl, hosts } = world
  const nowhere = hosts.map(({ address }) => ({ address, port: 1 }))
  const strangers = hosts.map(({ address }) => ({ address, asks: `SHA256:${'A'.repeat(43)}` }))
  const bootstrap = { type: 'none' }
  await kubectl('create -f -', poolOf('silent', nowhere, { bootstrap }), poolOf('stranger', strangers, { bootstrap }))
  await kubectl('create -f -', claimOf('silent', 'silent'), claimOf('stranger', 'stranger'))
  await saying(world, 'silent', 'does not answer', signal)
  await saying(world, 'stranger', 'another machine answers, or it was installed anew', signal)
  const known = hosts.map(({ address, hostKey }) => ({ address, asks: hostKey }))
  await kubectl('apply -f -', poolOf('stranger', known, { bootstrap }))
  await booting(world, 'stranger', signal)
  await kubectl('apply -f -', poolOf('silent', hosts, { bootstrap }))
  await booting(world, 'silent', signal)
  await kubectl('delete node stranger silent --timeout=60s')
  await expectFreeHosts(world)
})

/** Long enough for a create, and short enough to wait for. */
const timeouts = { provision: '15s', join: '5s' }

story('a script that fails is told with its last words, and the next attempt goes by the one that is mended', async ({ world, signal }) => {
  const { kubectl, hosts } = world
  const pool = (command: string): object =>
    poolOf('failing', hosts, { bootstrap: { type: 'none', commands: [command] }, more: { timeouts } })
  await kubectl('create -f -', pool('echo "there is no such disk" >&2; exit 3'), claimOf('failing', 'failing'))
  await saying(world, 'failing', 'ended with 3: there is no such disk', signal)
  await kubectl('apply -f -', pool('true'))
  await configured(world, 'failing', signal)
  await gone(world, 'failing')
})

const hanging = 'echo begun >>/run/begun; tail -f /dev/null'

/** On how many hosts a script hangs; each is counted once. */
const begun = async ({ hosts }: World): Promise<number> => {
  const each = await Promise.all(hosts.map(({ machine }) => machine.run('cat /run/begun 2>/dev/null && rm /run/begun || true')))
  return each.join('').split('begun').length - 1
}

story('a script that hangs: its Node can be deleted all the same, and nothing of it goes on', async ({ world, signal }) => {
  const { kubectl, hosts } = world
  const bootstrap = { type: 'none', commands: [hanging] }
  await kubectl('create -f -', poolOf('hanging', hosts, { bootstrap }), claimOf('hanging', 'hanging'))
  await eventually({ signal }, async () => expect(await begun(world)).toBe(1))
  await gone(world, 'hanging')
  for (const { machine } of hosts) expect(await machine.run('pgrep -x tail || true')).toBe('')
})

story('a script that hangs for longer than its class allows is told, and its machine is replaced', async ({ world, signal }) => {
  const { kubectl, hosts } = world
  const pool = (command: string): object =>
    poolOf('endless', hosts, { bootstrap: { type: 'none', commands: [command] }, more: { timeouts } })
  await kubectl('create -f -', pool(hanging), claimOf('endless', 'endless'))
  await eventually({ signal }, async () => expect(await begun(world)).toBe(1))
  await eventually({ signal }, async () => expect(await begun(world)).toBe(1))
  expect(await told(world, 'endless', 'MachineConfigureFailed')).toMatch(
    /given up, as it was not done within \d+ s \(spec.timeouts of the class\)/,
  )
  expect(await served(world)).toHaveLength(1)
  await kubectl('apply -f -', pool('true'))
  await configured(world, 'endless', signal)
  await gone(world, 'endless')
})

story(
  'a host that shows another key than at first is not talked to, and taken back when it shows that one again',
  async ({ world, signal }) => {
    const { kubectl, hosts } = world
    await kubectl('create -f -', poolOf('pinned', hosts, { bootstrap: { type: 'none' } }), claimOf('pinned', 'pinned'))
    await booting(world, 'pinned', signal)
    const host = await hostOf(world, 'pinned')
    const first = await host.reinstall()
    await kubectl('delete node pinned --wait=false')
    const failed = async (): Promise<string> => told(world, 'pinned', 'MachineDeleteFailed')
    const words = `shows the host key ${host.hostKey} instead of ${first.fingerprint}: another machine answers, or it was installed anew`
    await eventually({ signal }, async () => expect(await failed()).toContain(words))
    expect(await served(world)).toHaveLength(1)
    await host.reinstall(first)
    await kubectl('wait --for=delete node/pinned --timeout=60s')
    await expectFreeHosts(world)
  },
)

story('a host that is not heard any more in the middle of a step: the step goes on, and so does its Node', async ({ world, signal }) => {
  const { kubectl, hosts } = world
  const command = 'echo begun; echo begun >>/run/quiet; until [ -e /run/enough ]; do sleep 0.1; done; echo ended >>/run/quiet'
  const bootstrap = { type: 'none', commands: [command, 'echo last >>/run/quiet'] }
  await kubectl('create -f -', poolOf('quiet', hosts, { bootstrap }), claimOf('quiet', 'quiet'))
  const host = await eventually({ signal }, () => hostOf(world, 'quiet'))
  await eventually({ signal }, async () => expect(await host.has('/run/quiet')).toBe(true))
  await host.fallSilent()
  await eventually({ signal }, async () => expect(await told(world, 'quiet', 'MachineConfigureFailed')).toMatch(/the connection .* broke/))
  await saying(world, 'quiet', 'does not answer', signal)
  await host.machine.run('touch /run/enough')
  await host.speakAgain()
  await configured(world, 'quiet', signal)
  expect(await host.machine.run('cat /run/quiet')).toBe('begun\nended\nlast\n')
  await gone(world, 'quiet')
})

/** Where a host keeps whom it serves, and where a bootstrap writes: as disks of their own, and full. */
const little = ['/var/lib/kube-node', '/srv/little']

story('a full disk of a host: the Node says so, and goes on when there is room', async ({ world, signal }) => {
  const { kubectl, hosts } = world
  const everywhere = async (command: string): Promise<void> => {
    for (const { machine } of hosts) await machine.run(command)
  }
  const fill = (folder: string): string =>
    `mkdir -p ${folder} && mount -t tmpfs -o size=16k little ${folder} && ! dd if=/dev/zero of=${folder}/filler bs=4k 2>/dev/null`
  for (const folder of little) await everywhere(fill(folder))
  onTestFinished(() => everywhere(little.map(folder => `umount -l ${folder} 2>/dev/null || true`).join('; ')))
  const bootstrap = { type: 'none', files: [{ path: '/srv/little/motd', content: 'x'.repeat(10_000) }] }
  await kubectl('create -f -', poolOf('crammed', hosts, { bootstrap }), claimOf('crammed', 'crammed'))
  await saying(world, 'crammed', /can't be prepared: .*No space left on device/s, signal)
  expect(await served(world)).toEqual([])
  await everywhere('rm /var/lib/kube-node/filler')
  await saying(world, 'crammed', /\/srv\/little.*No space left on device/s, signal)
  expect(await served(world)).toHaveLength(1)
  await everywhere('rm /srv/little/filler')
  await configured(world, 'crammed', signal)
  await gone(world, 'crammed')
})

// The last one: its disk is the controller's, which ends with it.
story('a full disk of the controller: the Node says so, and goes on when there is room', async ({ world, signal }) => {
  const { kubectl, storage, hosts } = world
  await world.controller.stop('SIGTERM')
  await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'storage', storage])
  onTestFinished(async () => {
    await world.controller.stop('SIGTERM')
    await run('umount', ['-l', storage])
  })
  await writeFile(join(storage, 'id'), 'of-this-disk')
  await writeFile(join(storage, 'filler'), Buffer.alloc(40_000))
  await writeFile(join(storage, 'more'), Buffer.alloc(16_384)).catch((error: NodeJS.ErrnoException) => expect(error.code).toBe('ENOSPC'))
  await world.succeed()
  await kubectl('create -f -', poolOf('full', hosts, { bootstrap: { type: 'none' } }), claimOf('full', 'full'))
  await saying(world, 'full', /no space left on device/i, signal)
  for (const file of await readdir(storage)) if (file === 'filler' || file === 'more') await rm(join(storage, file))
  await booting(world, 'full', signal)
  await gone(world, 'full')
})
