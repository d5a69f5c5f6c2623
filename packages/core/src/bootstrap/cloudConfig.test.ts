import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { given, planOf } from './bootstrap.fixture.ts'
import { cloudConfig } from './cloudConfig.ts'
import type { JoinPlan } from './plan.types.ts'

interface Document {
  readonly hostname?: string
  readonly users?: readonly unknown[]
  readonly write_files?: readonly {
    readonly path: string
    readonly content: string
    readonly encoding?: string
    readonly permissions: string
    readonly owner?: string
    readonly defer?: boolean
  }[]
  readonly runcmd?: readonly (string | readonly string[])[]
}

/** As two readers understand it: cloud-init's speaks YAML 1.1. */
const versions = ['1.1', '1.2'] as const
const read = (text: string, version: (typeof versions)[number] = '1.1'): Document => parse(text, { version }) as Document

const bytesOf = ({ content, encoding }: { readonly content: string; readonly encoding?: string }): Buffer =>
  Buffer.from(content, encoding === 'b64' ? 'base64' : 'utf8')

const nothing: JoinPlan = { users: [], files: [], commands: [] }

describe('cloud-config', () => {
  it('reads well', () => {
    const plan = planOf(
      given({
        files: [
          { path: '/etc/motd', content: 'Welcome to {{ node.name }}.\nBe kind.\n' },
          { path: '/home/ops/.profile', content: 'umask 077', owner: 'ops', permissions: '0600' },
        ],
        users: [{ name: 'ops', sshAuthorizedKeys: ['ssh-ed25519 AAAA ops'], sudo: true }],
        commands: ['systemctl enable --now kubelet'],
      }),
    )
    expect(cloudConfig({ ...plan, hostname: 'worker-1.example.com' })).toBe(`#cloud-config
hostname: "worker-1.example.com"
preserve_hostname: false
prefer_fqdn_over_hostname: true
users:
  - "default"
  - name: "ops"
    shell: "/bin/bash"
    lock_passwd: true
    sudo: "ALL=(ALL) NOPASSWD:ALL"
    ssh_authorized_keys:
      - "ssh-ed25519 AAAA ops"
write_files:
  - path: "/etc/motd"
    content: |
      Welcome to worker-1.
      Be kind.
    permissions: "0644"
  - path: "/home/ops/.profile"
    content: "umask 077"
    permissions: "0600"
    owner: "ops"
    defer: true
runcmd:
  - "set -e"
  - - "/bin/sh"
    - "-c"
    - "systemctl enable --now kubelet"
`)
  })

  it.each([
    ['root', '/etc/a', false],
    ['root:root', '/etc/a', false],
    ['root:adm', '/etc/a', true],
    ['ops', '/etc/a', true],
    ['root', '/home/ops/a', true],
  ])('writes files of %s in %s after users are made: %s', (owner, path, deferred) => {
    const { write_files: files } = read(cloudConfig({ ...nothing, files: [{ path, bytes: Buffer.from(''), mode: '0644', owner }] }))
    expect(files?.[0]?.defer ?? false).toBe(deferred)
  })

  it.each([
    ['binary', Buffer.from([0, 1, 254, 255])],
    ['half of a character', Buffer.from([0x61, 0xe2, 0x82])],
    ['a byte order mark', Buffer.from('\ufeffa: b\n')],
    ['CRLF', Buffer.from('a\r\nb\r\n')],
    ['a next line', Buffer.from('a\u0085b')],
    ['a line separator', Buffer.from('a\u2028b')],
    ['a paragraph separator', Buffer.from('a\u2029b')],
  ])('carries %s in base64', (_, bytes) => {
    const { write_files: files } = read(cloudConfig({ ...nothing, files: [{ path: '/a', bytes, mode: '0644', owner: 'root' }] }))
    expect(files?.[0]).toEqual({ path: '/a', encoding: 'b64', content: bytes.toString('base64'), permissions: '0644' })
  })
})

const awkward = [
  '',
  '\n',
  '\n\n a\n',
  ' \n',
  'a\n\t\n',
  ' leading',
  'trailing ',
  'a\n\n\n',
  '\ta\n',
  'a\n \n',
  '  a\n b\n',
  '{{ x }}\n',
  '# comment\n',
  '---\n...\n',
  'a: b\n- c\n',
  'yes',
  'null',
  '0644',
  '1:30',
  '2001-01-01',
  'it\'s "quoted" \\ %\n',
  'ü€😀\n',
  `${'long line '.repeat(200)}\nend`,
]
const text = fc.oneof(
  fc.constantFrom(...awkward),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(' ', '\n', '\t', '\r', 'a', ':', '#', '-', '|', '>', '"', "'", '{', '\u00e9', '\u2028', '\ufeff'),
    maxLength: 30,
  }),
)
const bytes = fc.oneof(
  text.map(one => Buffer.from(one)),
  fc.uint8Array({ maxLength: 60 }).map(one => Buffer.from(one)),
)
const plans = fc.record({
  users: fc.array(
    fc.record({ name: fc.constantFrom('ops', 'on'), sshAuthorizedKeys: fc.array(text, { maxLength: 2 }), sudo: fc.boolean() }),
    {
      maxLength: 2,
    },
  ),
  files: fc.array(
    fc.record({
      path: text.map(one => `/${one}`),
      bytes,
      mode: fc.constantFrom('0644', '0600', '0755'),
      owner: fc.constantFrom('root', 'ops', 'ops:adm'),
    }),
    { maxLength: 4 },
  ),
  commands: fc.array(text, { maxLength: 3 }),
})

describe('whatever the plan', () => {
  it('cloud-config says the same to the last byte', () => {
    fc.assert(
      fc.property(plans, fc.constantFrom(...versions), fc.boolean(), (plan, version, ascii) => {
        const whole = cloudConfig(plan, { ascii })
        if (ascii) expect(whole).toMatch(/^[\t\n\x20-\x7e]*$/)
        const document = read(whole, version)
        expect(
          (document.write_files ?? []).map(file => ({
            path: file.path,
            bytes: bytesOf(file),
            mode: file.permissions,
            owner: file.owner ?? 'root',
          })),
        ).toEqual(plan.files)
        expect((document.runcmd ?? []).slice(1)).toEqual(plan.commands.map(command => ['/bin/sh', '-c', command]))
        expect((document.users ?? []).slice(1)).toMatchObject(
          plan.users.map(({ name, sshAuthorizedKeys: keys }) => ({ name, ...(keys.length > 0 && { ssh_authorized_keys: keys }) })),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('the same plan is the same text', () => {
    fc.assert(
      fc.property(plans, plan => {
        expect(cloudConfig(structuredClone(plan))).toBe(cloudConfig(plan))
      }),
    )
  })
})
