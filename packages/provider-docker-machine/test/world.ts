import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FakeCloud, MachineManifest, ProviderWorld } from '@kube-node/testing/conformance'
import { type DockerMachineOptions, dockerMachine } from '../src/index.ts'
import { type Keys, type SshServer, newKeys, sshServer } from './ssh-server.ts'

/** What goes wrong with the program; see docker-machine.mjs. */
export type Faults = Readonly<Record<string, unknown>>

/** A stand-in for the program, with its cloud and hosts that one can log in to. */
export interface StandIn extends AsyncDisposable {
  readonly folder: string
  readonly options: Required<Pick<DockerMachineOptions, 'program' | 'storage'>>
  readonly keys: Keys
  readonly hosts: readonly SshServer[]
  /** All machines of its cloud that live. */
  machines(): readonly { readonly id: string; readonly name: string }[]
  fault(faults: Faults): void
}

const self = join(import.meta.dirname, 'docker-machine.mjs')

/** What needs no program to answer: starting one takes longer than all else. */
const answerOf = (command: string): string =>
  execFileSync(process.execPath, [self, '', ...command.split(' ')], {
    encoding: 'utf8',
    env: { MACHINE_STORAGE_PATH: '/nowhere' },
  })
const knownByHeart = (folder: string): string =>
  answers.map(([command, text]) => `if [ "$*" = '${command}' ] && ${plain(folder)}; then cat <<'END'\n${text}END\nexit; fi\n`).join('')
const answers = ['create --driver amazonec2 --help', 'create --driver generic --help', 'rm --help'].map(
  command => [command, answerOf(command)] as const,
)
/** Nothing is to go wrong with its answers. */
const plain = (folder: string): string => `! grep -Eq '"(old|missing)"' '${folder}/faults.json' 2>/dev/null`

/** As the stand-in answers when nothing is to go wrong. */
const readAloud = (folder: string): string => `
config="$MACHINE_STORAGE_PATH/machines/$2/config.json"
if [ "$1" = inspect ] && [ "$(tail -c 1 "$config" 2>/dev/null)" = '}' ] && [ ! -e '${folder}/faults.json' ]; then
  echo "($2) Calling .GetConfigRaw"; cat "$config"; echo; echo "($2) Closing plugin on server side"; exit
fi
`

export const standIn = async (hosts = 1): Promise<StandIn> => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-machine-'))
  const program = join(folder, 'program')
  await mkdir(join(folder, 'cloud'))
  writeFileSync(program, `#!/bin/sh\n${knownByHeart(folder)}${readAloud(folder)}exec '${process.execPath}' '${self}' '${folder}' "$@"\n`)
  await chmod(program, 0o755)
  const keys = newKeys()
  const servers: SshServer[] = []
  for (let i = 0; i < hosts; i++) servers.push(await sshServer(keys, join(folder, `host-${i}`)))
  writeFileSync(join(folder, 'ssh.json'), JSON.stringify({ address: '127.0.0.1', port: servers[0]?.port, privateKey: keys.private }))
  return {
    folder,
    options: { program, storage: join(folder, 'storage') },
    keys,
    hosts: servers,
    // The stand-in writes these files: the cast at the border.
    machines: () =>
      readdirSync(join(folder, 'cloud')).flatMap(file => {
        const text = textNow(join(folder, 'cloud', file))
        return text === undefined ? [] : [JSON.parse(text) as { readonly id: string; readonly name: string }]
      }),
    fault(faults) {
      const path = join(folder, 'faults.json')
      const before: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
      writeFileSync(path, JSON.stringify({ ...(typeof before === 'object' ? before : {}), ...faults }))
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The programs remove these files at any time. */
const textNow = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

export const awsSecrets = { 'amazonec2-access-key': 'AKIAEXAMPLE', 'amazonec2-secret-key': 'the-right-secret-key' }

const abilities = [
  'machines',
  'createForeign',
  'loseAnswer',
  'stockout',
  'exhaustQuota',
  'throttle',
  // Not `outage`: lists are of what is kept in Secrets, which no outage of a cloud hides.
  'refusedCredentials',
  'impossibleConfig',
] as const

export const ec2Manifest: MachineManifest = {
  name: 'docker-machine',
  idempotency: 'token',
  bootstrap: 'steps',
  credentials: true,
  methods: ['configure'],
  cloud: abilities,
}

/** A driver of a cloud. */
export const ec2World = async (): Promise<ProviderWorld> => {
  const fake = await standIn()
  const config = (type: string): ProviderWorld['config'] => ({
    driver: 'amazonec2',
    options: { 'amazonec2-region': 'eu-central-1', 'amazonec2-instance-type': type },
  })
  const lifting = (faults: Faults): (() => void) => {
    fake.fault(faults)
    return () => fake.fault(Object.fromEntries(Object.keys(faults).map(name => [name, false])))
  }
  const cloud: Pick<FakeCloud, (typeof abilities)[number]> = {
    // What core knows them by is their name.
    machines: () => fake.machines().map(({ name }) => ({ id: name })),
    createForeign() {
      writeFileSync(join(fake.folder, 'cloud', 'i-foreign.json'), JSON.stringify({ id: 'i-foreign', name: 'somebody', state: 'running' }))
      return 'somebody'
    },
    loseAnswer: operation => fake.fault(operation === 'create' ? { loseCreate: true } : { loseDelete: true }),
    stockout: () => lifting({ stockout: true }),
    exhaustQuota: () => lifting({ quota: true }),
    throttle: () => ({ lift: lifting({ throttle: true }) }),
    refusedCredentials: { ...awsSecrets, 'amazonec2-secret-key': 'somebody-elses-key' },
    impossibleConfig: config('t1024.huge'),
  }
  return {
    provider: dockerMachine(fake.options),
    config: config('t3.large'),
    credentials: awsSecrets,
    cloud,
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  }
}

export const poolManifest: MachineManifest = {
  name: 'docker-machine',
  idempotency: 'token',
  bootstrap: 'steps',
  credentials: true,
  methods: ['configure'],
  cloud: ['machines'],
}

/** A pool of hosts. */
export const poolWorld = async (): Promise<ProviderWorld> => {
  const fake = await standIn(4)
  return {
    provider: dockerMachine(fake.options),
    config: {
      driver: 'generic',
      hosts: fake.hosts.map(({ port }) => ({ address: '127.0.0.1', port })),
    },
    credentials: { 'ssh-privatekey': fake.keys.private },
    cloud: { machines: () => fake.machines().map(({ name }) => ({ id: name })) },
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  }
}
