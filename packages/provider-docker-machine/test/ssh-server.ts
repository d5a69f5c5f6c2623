import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type Server, createServer } from 'node:net'
import { join } from 'node:path'
import ssh2 from 'ssh2'

export interface SshServer extends AsyncDisposable {
  readonly port: number
  /** `SHA256:...` of what it shows. */
  readonly hostKey: () => string
  /** Shows another one from now on, as a machine that was installed anew. */
  reinstall(): Promise<void>
  /** Breaks the connection instead of telling how the so manieth command from now has ended. */
  cutAfter: number
  /** Breaks the connection, once, when a command was given so many bytes. */
  cutWithin: number
  /** Connections that are open. */
  readonly connections: number
  /** Commands that are at work for somebody who is logged in. */
  readonly atWork: number
  /** Called when a command has ended, before it is told how. */
  ended: () => void
  /** Nobody can log in. */
  refusing: boolean
}

export interface Keys {
  readonly private: string
}

/** The library's own ed25519 keys can't always be read back: these are Node's. */
export const newKeys = (): Keys => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return { private: privateKey }
}

/**
 * A machine's sshd on 127.0.0.1 that takes one key, and runs commands as whoever runs the tests. Whatever of the system they name is
 * within `root`, and programs that would change this computer only write down that they were called.
 */
export const sshServer = async ({ private: allowed }: Keys, root: string): Promise<SshServer> => {
  const key = ssh2.utils.parseKey(allowed)
  if (key instanceof Error) throw key
  const blob = key.getPublicSSH()
  let keys = newKeys()
  let server: Server
  const clients = new Set<ssh2.Connection>()
  const children = new Set<ChildProcess>()
  for (const folder of ['bin', 'etc']) mkdirSync(join(root, folder), { recursive: true })
  for (const name of ['systemctl', 'kubeadm', 'crictl', 'umount', 'chown', 'hostname', 'xargs']) {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\necho ${name} "$@" >>'${root}/called'\n`, { mode: 0o755 })
  }
  const withinRoot = (command: string): string =>
    ['/var/lib/kube-node', '/var/lib/kubelet', '/etc/'].reduce((text, path) => text.replaceAll(path, `${root}${path}`), command)

  const self = {
    port: 0,
    cutAfter: 0,
    cutWithin: 0,
    get connections() {
      return clients.size
    },
    get atWork() {
      return children.size
    },
    refusing: false,
    ended: (): void => {},
    hostKey: (): string => fingerprintOf(keys.private),
    async reinstall(): Promise<void> {
      await close()
      keys = newKeys()
      await open()
    },
    [Symbol.asyncDispose]: (): Promise<void> => close(),
  }

  const serve = (client: ssh2.Connection): void => {
    clients.add(client)
    client
      .on('error', () => undefined)
      .on('close', () => void clients.delete(client))
      .on('authentication', context => {
        if (self.refusing || context.method !== 'publickey' || !context.key.data.equals(blob)) return context.reject(['publickey'])
        if (context.signature && context.blob && !key.verify(context.blob, context.signature, context.hashAlgo)) return context.reject()
        context.accept()
      })
      .on('session', accept => {
        accept().on('exec', (acceptExec, _reject, { command }) => {
          const channel = acceptExec()
          // In a process group of its own, as sshd starts one.
          const child = spawn('/bin/sh', ['-c', withinRoot(command)], { detached: true, env: { PATH: `${root}/bin:/usr/bin:/bin` } })
          children.add(child)
          child.on('close', code => {
            children.delete(child)
            self.ended()
            if (self.cutAfter > 0 && --self.cutAfter === 0) return client.end()
            channel.exit(code ?? 0)
            channel.end()
          })
          child.stdout.on('data', (chunk: Buffer) => channel.write(chunk))
          child.stderr.on('data', (chunk: Buffer) => channel.stderr.write(chunk))
          child.stdin.on('error', () => undefined)
          let given = 0
          let isCut = false
          channel
            .on('data', (chunk: Buffer) => {
              if (isCut) return
              child.stdin.write(chunk)
              given += chunk.length
              isCut = self.cutWithin > 0 && given >= self.cutWithin
              if (!isCut) return
              self.cutWithin = 0
              client.end()
            })
            .on('end', () => child.stdin.end())
          // Nobody hears any more what is said then: who says something all the same is killed by a broken pipe.
          client.on('close', () => {
            child.stdin.end()
            for (const pipe of [child.stdout, child.stderr]) pipe.destroy()
          })
        })
      })
  }

  const open = async (): Promise<void> => {
    const ssh = new ssh2.Server({ hostKeys: [keys.private] }, serve)
    // Small packets leave at once, as sshd's do.
    server = createServer({ noDelay: true }, socket => ssh.injectSocket(socket))
    await new Promise<void>(resolve => server.listen(self.port, '127.0.0.1', resolve))
    const address: unknown = server.address()
    if (typeof address === 'object' && address !== null && 'port' in address) self.port = Number(address.port)
  }
  const close = async (): Promise<void> => {
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    for (const { pid } of children) if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    powerOff(root)
    for (const client of clients) client.end()
    await closed
  }

  await open()
  return self
}

/** Ends the command that goes on without anybody who is logged in. */
const powerOff = (root: string): void => {
  const running = join(root, 'var/lib/kube-node/running')
  if (existsSync(running)) process.kill(-Number.parseInt(readFileSync(running, 'utf8'), 10), 'SIGKILL')
}

const fingerprintOf = (key: string): string => {
  const parsed = ssh2.utils.parseKey(key)
  if (parsed instanceof Error) throw parsed
  return `SHA256:${createHash('sha256').update(parsed.getPublicSSH()).digest('base64').replace(/=+$/, '')}`
}
