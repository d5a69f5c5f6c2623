import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JoinPlan } from './plan.types.ts'
import { steps } from './steps.ts'

const plan: JoinPlan = {
  hostname: 'worker-1',
  users: [{ name: 'ops', sshAuthorizedKeys: ["ssh-ed25519 AAAA it's me", '-e'], sudo: true }],
  files: [{ path: '/etc/motd', bytes: Buffer.from('hello'), mode: '0640', owner: 'ops:adm' }],
  commands: ['first', 'second', 'first'],
}
const ids = (of: JoinPlan, scope = 'claim-1'): readonly string[] => steps(of, scope).map(step => step.id)

describe('steps', () => {
  it('come in order: users, files, commands', () => {
    const runs = steps(plan, 'claim-1').map(({ run }) => ('command' in run ? run.command.split('\n')[0] : run))
    expect(runs).toEqual([
      'id -u ops >/dev/null 2>&1 || useradd --create-home --shell /bin/bash ops',
      'set -e',
      { file: '/etc/sudoers.d/90-kube-node-ops', bytes: Buffer.from('ops ALL=(ALL) NOPASSWD:ALL\n'), mode: '0440', owner: 'root' },
      { file: '/etc/motd', bytes: Buffer.from('hello'), mode: '0640', owner: 'ops:adm' },
      'first',
      'second',
      'first',
    ])
  })

  it('are the same again for the same attempt, and are all different', () => {
    expect(ids(plan)).toEqual(ids(structuredClone(plan)))
    expect(new Set(ids(plan)).size).toBe(7)
  })

  it('are other ones for another attempt', () => {
    expect(ids(plan, 'claim-2').filter(id => ids(plan).includes(id))).toEqual([])
  })

  it('are other ones from the first difference on', () => {
    const changed = ids({ ...plan, files: [{ path: '/etc/motd', bytes: Buffer.from('bye'), mode: '0640', owner: 'ops:adm' }] })
    expect(changed.map((id, index) => id === ids(plan)[index])).toEqual([true, true, true, false, false, false, false])
  })

  it('of different plans never share their last id', () => {
    const file = (owner: string, content: string): JoinPlan => ({
      users: [],
      files: [{ path: '/a', bytes: Buffer.from(content), mode: '0644', owner }],
      commands: [],
    })
    const pieces = fc.stringMatching(/^a{0,3}$/)
    fc.assert(
      fc.property(pieces, pieces, pieces, pieces, (owner, content, otherOwner, otherContent) => {
        const same = ids(file(owner, content))[0] === ids(file(otherOwner, otherContent))[0]
        expect(same).toBe(owner === otherOwner && content === otherContent)
      }),
    )
    const commands = fc.array(fc.constantFrom('a', 'ab', 'b', ''), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(commands, commands, (one, other) => {
        const last = (list: readonly string[]): unknown => ids({ users: [], files: [], commands: list }).at(-1)
        expect(last(one) === last(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
    )
  })
})

describe('the keys of a user', () => {
  it('are added once, and the ones of the image stay', () => {
    const home = mkdtempSync(join(tmpdir(), 'kube-node-steps-'))
    try {
      // The account database of this test: one user, whose home is here.
      const tools = { getent: `echo ops:x:1:1::${home}:/bin/sh`, id: 'echo ops', install: `mkdir -p ${home}/.ssh`, chown: 'true' }
      for (const [name, script] of Object.entries(tools)) {
        writeFileSync(join(home, name), `#!/bin/sh\n${script}\n`)
        chmodSync(join(home, name), 0o755)
      }
      const { run } = steps(plan, 'claim-1')[1] ?? { run: undefined }
      if (run === undefined || !('command' in run)) throw new Error('no command')
      const env = { ...process.env, PATH: `${home}:${process.env['PATH']}` }
      const keys = join(home, '.ssh', 'authorized_keys')
      execFileSync('mkdir', ['-p', join(home, '.ssh')])
      writeFileSync(keys, 'ssh-rsa BBBB image\n')
      for (let time = 0; time < 2; time++) {
        execFileSync('/bin/sh', ['-c', run.command], { env })
        expect(readFileSync(keys, 'utf8')).toBe("ssh-rsa BBBB image\nssh-ed25519 AAAA it's me\n-e\n")
      }
      expect(statSync(keys).mode & 0o777).toBe(0o600)
    } finally {
      rmSync(home, { recursive: true })
    }
  })
})
