import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { kubelet, parts } from './parts.ts'

/** The one image of containers that there is: busybox, for sandboxes too. */
export const busybox = 'localhost/busybox:e2e'
/** Where machines have it, in `docker save`'s format. */
export const busyboxArchive = '/usr/share/kube-node-e2e/busybox.tar'

const machine = (file: string): string => fileURLToPath(new URL(`machine/${file}`, import.meta.url))

const containerdConfig = `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${busybox}"
  # Root may not make processes safer from the OOM killer in a container of a CI.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
`

const programs: Readonly<Record<string, string>> = {
  'usr/bin/containerd': 'usr/bin/containerd',
  'usr/bin/containerd-shim-runc-v2': 'usr/bin/containerd-shim-runc-v2',
  'usr/bin/ctr': 'usr/bin/ctr',
  'usr/sbin/runc': 'usr/bin/runc',
  'usr/sbin/sshd': 'usr/sbin/sshd',
}

/**
 * Writes `image/` and `image.links` below `folder`: what an image for nodes brings, beside the root of this machine. That is a kubelet,
 * a container runtime with its unit, CNI plugins, sshd, and an image for containers; none of CNI, sshd and kubelet is configured.
 */
export const writeImage = async (folder: string): Promise<void> => {
  const at = (path: string): string => join(folder, 'image', path)
  const write = async (path: string, content: string): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true })
    await writeFile(at(path), content)
  }
  await write('etc/containerd/config.toml', containerdConfig)
  await mkdir(at('usr/lib/kube-node-e2e'), { recursive: true })
  await mkdir(at('usr/bin'), { recursive: true })
  for (const file of ['init.sh', 'first_boot.py']) await copyFile(machine(file), at(`usr/lib/kube-node-e2e/${file}`))
  await copyFile(machine('systemctl'), at('usr/bin/systemctl'))
  await chmod(at('usr/bin/systemctl'), 0o755)
  await cp(join(parts, 'usr/lib/systemd/system/containerd.service'), at('usr/lib/systemd/system/containerd.service'))
  await mkdir(at('usr/lib/cni'), { recursive: true })
  await mkdir(dirname(at(busyboxArchive)), { recursive: true })
  await writeArchive(at(busyboxArchive))

  const plugins = (await readdir(join(parts, 'usr/lib/cni'))).map(name => `usr/lib/cni/${name}`)
  const links = [
    ...[...Object.entries(programs), ...plugins.map(plugin => [plugin, plugin] as const)].map(
      ([source, target]) => `${join(parts, source)} ${target}\n`,
    ),
    `${kubelet()} usr/bin/kubelet\n`,
  ]
  await writeFile(join(folder, 'image.links'), links.join(''))
}

/** What `docker save` would write: a layer with busybox in it, its configuration, and a list of both. */
const writeArchive = async (file: string): Promise<void> => {
  const folder = `${file}.parts`
  await mkdir(join(folder, 'bin'), { recursive: true })
  await copyFile(join(parts, 'usr/bin/busybox'), join(folder, 'bin/busybox'))
  await tar(['-C', folder, '--owner=0', '--group=0', '-cf', join(folder, 'layer.tar'), 'bin'])
  const layer = createHash('sha256')
    .update(await readFile(join(folder, 'layer.tar')))
    .digest('hex')
  const configuration = {
    architecture: { arm64: 'arm64', x64: 'amd64' }[process.arch as string],
    os: 'linux',
    config: { Entrypoint: ['/bin/busybox', 'sleep', '2147483'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify(configuration))
  await writeFile(join(folder, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: [busybox], Layers: ['layer.tar'] }]))
  await tar(['-C', folder, '-cf', file, 'manifest.json', 'config.json', 'layer.tar'])
  await rm(folder, { recursive: true })
}

const tar = (args: readonly string[]): Promise<unknown> => promisify(execFile)('tar', args)
