import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { given, planOf } from './bootstrap.fixture.ts'
import { onceAnAttempt } from './once.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kube-node-once-'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** As a machine does them whose disk is `root`. */
const run = (commands: readonly string[]): void => {
  for (const command of commands) execFileSync('/bin/sh', ['-c', command.replaceAll('/var/lib/kube-node', join(root, 'kube-node'))])
}
const done = (): string => readFileSync(join(root, 'log'), 'utf8')

describe("a user's commands", () => {
  const commands = (): readonly string[] => [`echo "it's one" >>${root}/log`, `echo two >>${root}/log\necho three >>${root}/log`]
  const first = (attempt: string) => onceAnAttempt(commands(), { attempt, rejoins: false })
  const again = (attempt: string) => onceAnAttempt(commands(), { attempt, rejoins: true })

  it('are done once for an attempt: a machine that joins again has done them', () => {
    run(first('uid-1-1'))
    run(again('uid-1-1'))
    run(again('uid-1-1'))
    expect(done()).toBe("it's one\ntwo\nthree\n")
  })

  it('are done again when the disk knows nothing of them', () => {
    run(again('uid-1-1'))
    run(again('uid-1-1'))
    expect(done()).toBe("it's one\ntwo\nthree\n")
  })

  it('are done again when the disk knows of another attempt alone, and of the next in a first join', () => {
    run(first('uid-1-1'))
    run(again('uid-1-11'))
    run(first('uid-1-11'))
    expect(done()).toBe("it's one\ntwo\nthree\n".repeat(3))
  })

  it('that fail leave no word that they were done', () => {
    expect(() => run(onceAnAttempt(['exit 3'], { attempt: 'uid-1-1', rejoins: true }))).toThrow('exit 3')
    run(again('uid-1-1'))
    expect(done()).toBe("it's one\ntwo\nthree\n")
  })

  it('stand before the join, and alone where nobody tells a machine by steps', () => {
    const spec = { type: 'kubelet' as const, commands: ['true'] }
    const steps = { attempt: 'uid-1-1', rejoins: false }
    expect(planOf(given(spec)).commands[1]).toBe('systemctl daemon-reload')
    expect(planOf(given(spec, { steps })).commands.slice(0, 3)).toEqual([
      'true',
      "mkdir -p /var/lib/kube-node && echo 'uid-1-1' >/var/lib/kube-node/bootstrapped",
      'systemctl daemon-reload',
    ])
    expect(planOf(given({ type: 'none', commands: ['true'] }, { steps })).commands).toEqual(['true'])
  })
})
