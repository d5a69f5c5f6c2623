import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { busyboxArchive } from '../kubelet/image.ts'
import type { RunningMachine } from '../kubelet/machine.ts'
import type { Rack } from '../kubelet/rack.ts'
import { eventually } from '../main-job/eventually.ts'

/** A host that stands there already: a machine of namespaces with a real sshd, a host key of its own, and a container runtime. */
export interface Host {
  readonly machine: RunningMachine
  readonly address: string
  /** The fingerprint of what its sshd shows. */
  readonly hostKey: string
  /** Whether there is a file or folder. */
  has(path: string): Promise<boolean>
  /** Gives it another host key, as if it were installed anew, or that one again; answers the one that it had. */
  reinstall(hostKey?: Key): Promise<Key>
  /** All that it sends is lost, to whomever; resolves when that is so. */
  fallSilent(): Promise<void>
  /** The end of that. */
  speakAgain(): Promise<void>
}

/** A key pair in OpenSSH's format. */
export interface Key {
  readonly private: string
  /** A line of authorized_keys. */
  readonly public: string
  /** `SHA256:...` */
  readonly fingerprint: string
}

const run = promisify(execFile)

export const newKey = async (): Promise<Key> => {
  const folder = await mkdtemp(join(tmpdir(), 'kube-node-key-'))
  try {
    const file = join(folder, 'key')
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file])
    const { stdout } = await run('ssh-keygen', ['-lf', file])
    const [, fingerprint = ''] = stdout.split(' ')
    return { private: await readFile(file, 'utf8'), public: await readFile(`${file}.pub`, 'utf8'), fingerprint }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const hostKeyFile = '/etc/ssh/kube_node_host_key'
const settings = `HostKey ${hostKeyFile}
AuthorizedKeysFile /etc/ssh/kube_node_authorized_keys_%u .ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM yes
MaxStartups 100
PidFile /run/sshd.pid
`

const sudo = `#!/bin/sh
while case $1 in -*) ;; *) false ;; esac do shift; done
exec "$@"
`

const silence = 'pref 100 blackhole'

/** Lets the sshd of a machine read its keys anew. */
const sshd = 'mkdir -p /run/sshd && /usr/sbin/sshd -f /etc/ssh/kube_node_sshd_config -E /var/log/sshd.log'

/**
 * Powers a host on that lets in whoever has `key`, as root; resolves when its sshd answers. It goes with its rack, also when the process
 * that has the rack is killed.
 */
export const startHost = async (rack: Rack, key: Key, signal: AbortSignal): Promise<Host> => {
  let hostKey = await newKey()
  const config = {
    write_files: [
      { path: hostKeyFile, content: hostKey.private, permissions: '0600', owner: 'root:root' },
      { path: '/etc/ssh/kube_node_authorized_keys_root', content: key.public, permissions: '0644' },
      // docker-machine says sudo to root too, and this root may have none.
      { path: '/usr/local/bin/sudo', content: sudo, permissions: '0755', owner: 'root:root' },
      // It installs curl by apt, which is there already; no mirror is reached from here.
      { path: '/usr/local/bin/apt-get', content: '#!/bin/sh\n', permissions: '0755', owner: 'root:root' },
      { path: '/etc/ssh/kube_node_sshd_config', content: settings, permissions: '0644' },
    ],
    runcmd: [
      // Who serves before a login has a user and an empty folder of its own.
      'grep -q ^sshd: /etc/passwd || echo sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin >>/etc/passwd',
      sshd,
      'systemctl start containerd',
      `ctr --namespace k8s.io images import ${busyboxArchive}`,
      'touch /run/stands',
    ],
  }
  const machine = await rack.powerOn(Buffer.from(`#cloud-config\n${JSON.stringify(config)}\n`))
  const has = async (path: string): Promise<boolean> => (await machine.run(`[ -e '${path}' ] && echo yes || echo no`)) === 'yes\n'
  await eventually({ signal }, async () => {
    if (!(await has('/run/stands'))) throw new Error(`host ${machine.name} does not stand yet: ${await machine.log()}`)
  })
  return {
    machine,
    address: machine.address,
    get hostKey() {
      return hostKey.fingerprint
    },
    has,
    async reinstall(next) {
      const before = hostKey
      hostKey = next ?? (await newKey())
      await machine.run(`printf '%s' '${hostKey.private}' >${hostKeyFile} && kill "$(cat /run/sshd.pid)" && ${sshd}`)
      return before
    },
    // It hears others still, and nobody hears of it that it does not answer.
    fallSilent: async () => void (await machine.run(`ip rule add ${silence}`)),
    speakAgain: async () => void (await machine.run(`ip rule del ${silence}`)),
  }
}
