import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../main-job/eventually.ts'
import { writeImage } from './image.ts'
import { leftOf } from './leftovers.ts'
import { sweep } from './machine.ts'
import { createNetwork } from './network.ts'
import { requireParts } from './parts.ts'
import { createRack } from './rack.ts'

const file = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href)

// Powers a machine on and prints its name, once containerd runs on it.
const PROGRAM = `
import { createNetwork } from ${file('network.ts')}
import { createRack } from ${file('rack.ts')}
const rack = createRack(process.argv[1], createNetwork(), 1)
const machine = await rack.powerOn(Buffer.from('#cloud-config\\nruncmd: [systemctl start containerd, touch /run/booted]\\n'))
while (!(await machine.run('ls /run')).includes('booted')) {}
console.log(machine.name)
setInterval(() => {}, 60_000)
`

const imageFolder = async (): Promise<string> => {
  await requireParts()
  const folder = await mkdtemp(join(tmpdir(), 'kube-node-machine-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeImage(folder)
  return folder
}

test('a machine goes with the process that had it, even by kill -9, and the next run sweeps what is left of it', async ({ signal }) => {
  const program = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, await imageFolder()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void program.kill('SIGKILL'))
  const [printed] = await once(program.stdout, 'data')
  const name = String(printed).trim()
  expect(await leftOf(name)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^process/), expect.stringMatching(/^mounts/), 'a cable', 'cgroups']),
  )
  await sweep()
  expect(await leftOf(name)).toContain('a cable')

  program.kill('SIGKILL')
  await eventually({ signal }, async () => expect(await leftOf(name)).toEqual(['cgroups']))
  await sweep()
  expect(await leftOf(name)).toEqual([])
})

test('a machine stops at the first command that fails, and what it sets in the kernel is not set', async ({ signal }) => {
  await using network = createNetwork()
  await using rack = createRack(await imageFolder(), network, 1)
  const panic = '/proc/sys/kernel/panic'
  const commands = [`echo 86400 >${panic}`, `cat ${panic}`, 'false', 'echo not reached']
  const machine = await rack.powerOn(Buffer.from(`#cloud-config\nruncmd: ${JSON.stringify(['set -e', ...commands])}\n`))
  await eventually({ signal }, async () => expect(await machine.log()).toBe('86400\nthe first boot failed: 1\n'))
  expect(await readFile(panic, 'utf8')).not.toBe('86400\n')
  await machine.off()
  expect(await leftOf(machine.name)).toEqual([])
})
