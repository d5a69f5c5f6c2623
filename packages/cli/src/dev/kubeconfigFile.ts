import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { parseDocument } from 'yaml'
import { CommandFailed, type Host } from '../terminal/index.ts'

/** A kubeconfig on disk, until it is disposed. */
export interface KubeconfigFile extends AsyncDisposable {
  readonly path: string
}

/** One name a port, so that a shell's KUBECONFIG is still right after a restart. */
export const defaultKubeconfigPath = (env: Host['env'], port: number): string =>
  join(env['XDG_RUNTIME_DIR'] || tmpdir(), `kube-node-${port}.kubeconfig`)

/**
 * Writes it for this user alone. A file that is something else than a kubeconfig of an embedded server (the user's own, say)
 * is left alone, now and at the end.
 * @throws CommandFailed when there is such a file, or when it can't be written.
 */
export const writeKubeconfig = async (path: string, content: string): Promise<KubeconfigFile> => {
  const there = await contentOf(path)
  if (there !== undefined && serverOf(there) === undefined) {
    throw new CommandFailed(`${path} exists and is not a kubeconfig that kube-node dev wrote: choose another place with --kubeconfig`)
  }
  // A rename replaces a link that somebody may have put there; writing into the file would follow it.
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, content, { mode: 0o600, flag: 'wx' })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandFailed(`the kubeconfig can't be written (${reason}): choose another place with --kubeconfig`, { cause: error })
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      const left = await contentOf(path)
      // kubectl may have changed it (a namespace); another server may have taken its place.
      if (left !== undefined && serverOf(left) === serverOf(content)) await rm(path, { force: true })
    },
  }
}

const contentOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandFailed(`${path} can't be read (${reason}): choose another place with --kubeconfig`, { cause: error })
  }
}

/** The one loopback server of a kubeconfig whose one cluster is called kube-node; undefined for any other content. */
const serverOf = (content: string): string | undefined => {
  const document = parseDocument(content)
  const config: unknown = document.errors.length === 0 ? document.toJS() : undefined
  const clusters = property(config, 'clusters')
  if (!Array.isArray(clusters) || clusters.length !== 1 || property(clusters[0], 'name') !== 'kube-node') return undefined
  const server = property(property(clusters[0], 'cluster'), 'server')
  return typeof server === 'string' && server.startsWith('http://127.0.0.1:') ? server : undefined
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)).get(name) : undefined
