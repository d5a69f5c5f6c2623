import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createSupervisor } from './supervisor.ts'

// A program that starts a long one under a supervisor. Both hold its standard output, which therefore ends when both are gone.
const PROGRAM = `
import { createSupervisor } from ${JSON.stringify(new URL('./supervisor.ts', import.meta.url).href)}
const supervisor = createSupervisor()
const finished = supervisor.spawn('/bin/sh', ['-c', 'true'], { stdio: 'ignore' })
supervisor.spawn('/bin/sh', ['-c', 'echo started; sleep 600; echo survived'], { stdio: ['ignore', 'inherit', 'ignore'] })
await finished.exited
process.on('message', () => { throw new Error('the test has failed') })
`

async function startProgram() {
  const program = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] })
  const { stdout } = program
  if (stdout === null) throw new Error('no standard output')
  let printed = ''
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk
  })
  await once(stdout, 'data')
  return { program, ended: once(stdout, 'end').then(() => printed) }
}

test('what a supervisor started dies with a process that is killed with kill -9', async () => {
  const { program, ended } = await startProgram()
  program.kill('SIGKILL')
  expect(await ended).toBe('started\n')
})

test('what a supervisor started dies with a process that ends by an uncaught error', async () => {
  const { program, ended } = await startProgram()
  program.send('fail')
  expect(await ended).toBe('started\n')
})

test('stopping a supervisor ends its processes with their children, and starts no more', async () => {
  const supervisor = createSupervisor()
  const shell = supervisor.spawn('/bin/sh', ['-c', 'sleep 600 & wait'], { stdio: 'ignore' })
  const pids = supervisor.pids()
  expect(pids).toHaveLength(2)

  await supervisor.stop()
  expect(await shell.exited).toEqual({ code: null, signal: 'SIGKILL' })
  expect(supervisor.pids()).toEqual([])
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(() => supervisor.spawn('/bin/true', [], { stdio: 'ignore' })).toThrow('has been stopped')
  await supervisor.stop()
})

test('a program that is not there is an exit with an error', async () => {
  await using supervisor = createSupervisor()
  const exit = await supervisor.spawn('/nowhere/etcd', [], { stdio: 'ignore' }).exited
  expect(exit.error?.message).toContain('ENOENT')
})
