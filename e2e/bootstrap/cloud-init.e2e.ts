import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type JoinPlan, type UserDataOptions, cloudInit } from '@kube-node/core/bootstrap'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Written, asCloudInitReads, requireCloudInit, schemaComplaints } from './cloud-init.ts'
import { everything, planFor } from './story.ts'

beforeAll(requireCloudInit)

const userData = (plan: JoinPlan, options?: UserDataOptions): Uint8Array => {
  const result = cloudInit(plan, options)
  if (!result.ok || result.value.kind !== 'user-data') throw new Error(JSON.stringify(result))
  return result.value.bytes
}

const shellscript = { type: 'text/x-shellscript', content: '#!/bin/sh\necho ü\n' }

const written = (plan: JoinPlan): readonly Written[] =>
  plan.files.map(({ path, bytes, mode, owner }) => {
    const [user = '', group = null] = owner === 'root' ? ['root', 'root'] : owner.split(':')
    const defer = (user !== 'root' && owner !== 'root:root') || path.startsWith('/home/')
    return { path, base64: Buffer.from(bytes).toString('base64'), mode, user, group, defer }
  })

describe.each(['none', 'kubelet', 'kubeadm'] as const)('type %s', type => {
  const plan = planFor({ ...everything, type })

  test('is valid, and cloud-init would write every file as it was meant', async () => {
    const reading = await asCloudInitReads(userData(plan))
    expect(reading.parts.map(part => part.type)).toEqual(['text/cloud-config'])
    expect(await schemaComplaints(reading.parts[0]?.text ?? '')).toBe('')
    expect(reading.files).toEqual(written(plan))
    expect(reading.config['users']).toMatchObject([
      'default',
      { name: 'ops', lock_passwd: true, ssh_authorized_keys: ['ssh-ed25519 AAAA ops@example.com', 'ssh-ed25519 BBBB'] },
      { name: 'on' },
    ])
    expect(reading.config['hostname']).toBe(type === 'none' ? undefined : 'worker-1.example.com')
  })

  test.each<[string, UserDataOptions, readonly string[]]>([
    ['compressed', { maxBytes: 6_000 }, []],
    ['compressed, where only text gets through', { maxBytes: 8_000, text: true }, []],
    ['with more parts', { parts: [shellscript] }, ['text/x-shellscript']],
    ['with more parts, compressed', { parts: [shellscript], maxBytes: 6_000 }, ['text/x-shellscript']],
    [
      'with more parts, compressed, where only text gets through',
      { parts: [shellscript], maxBytes: 8_000, text: true },
      ['text/x-shellscript'],
    ],
  ])('is the same %s', async (_, options, more) => {
    const reading = await asCloudInitReads(userData(plan, options))
    expect(reading.parts.map(part => part.type)).toEqual(['text/cloud-config', ...more])
    if (more.length > 0) expect(reading.parts.at(-1)?.text).toBe(shellscript.content)
    expect(reading.files).toEqual(written(plan))
    expect(reading.config['users']).toMatchObject(['default', { name: 'ops' }, { name: 'on' }])
  })
})

test('whatever is in a file, cloud-init would write it to the last byte', async () => {
  const text = fc.string({
    unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...' \n\t\r:#-|>"\'{}%&*!?\\\u0085\u2028\ufeff')),
  })
  const contents = fc.sample(
    fc.oneof(
      text.map(one => Buffer.from(one)),
      fc.uint8Array().map(one => Buffer.from(one)),
    ),
    { seed: 1, numRuns: 3_000 },
  )
  const files = contents.map((bytes, index) => ({ path: `/f/${index}`, bytes, mode: '0644', owner: 'root' }))
  for (const options of [{}, { maxBytes: 1_000_000, text: true }]) {
    const reading = await asCloudInitReads(userData({ users: [], files, commands: [] }, options))
    expect(reading.files).toEqual(written({ users: [], files, commands: [] }))
  }
})

test('a hostname alone, and a file that looks like a mail', async () => {
  const nothing = { users: [], files: [], commands: [] }
  const named = await asCloudInitReads(userData({ ...nothing, hostname: 'on' }))
  expect(named.config).toEqual({ hostname: 'on', preserve_hostname: false })
  const mail = { path: '/etc/mail', bytes: Buffer.from('MIME-Version: 1.0\n\nhello\n\n'), mode: '0644', owner: 'root' }
  const { files } = await asCloudInitReads(userData({ ...nothing, files: [mail] }))
  expect(files.map(file => Buffer.from(file.base64, 'base64'))).toEqual([mail.bytes])
})

test('the commands run in their order, each in a shell of its own, until one fails', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kube-node-runcmd-'))
  const log = join(folder, 'log')
  const { script } = await asCloudInitReads(
    userData({
      users: [],
      files: [],
      commands: [
        `echo "it's $((1 + 1))" >>${log}`,
        'cd /; x=1',
        `echo "$x$PWD" >>${log}\necho 'two lines' >>${log}`,
        'false || true',
        'false',
        `echo never >>${log}`,
      ],
    }),
  )
  try {
    await writeFile(join(folder, 'runcmd'), script)
    const end = await promisify(execFile)('/bin/sh', [join(folder, 'runcmd')], { cwd: folder }).catch((error: { code: number }) => error)
    expect(end).toHaveProperty('code', 1)
    expect(await readFile(log, 'utf8')).toBe(`it's 2\n${folder}\ntwo lines\n`)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('what is wrong is found', async () => {
  expect(await schemaComplaints('#cloud-config\nwrite_files: [{pth: /a, permissions: 420}]\n')).toContain("'path' is a required property")
})
