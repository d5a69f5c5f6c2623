import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { ProviderError } from '@kube-node/core/provider'

/** Everything that the program keeps of one machine, as one sequence of bytes. */
interface Packed {
  /** The folder's path when it was packed: configurations name it. */
  readonly folder: string
  /** Paths within it to mode and content in base64. */
  readonly files: Readonly<Record<string, readonly [mode: number, content: string]>>
}

/** Below a machine's folder: what the program is given in files. That is in the class's Secret, and kept nowhere else. */
const given = 'secrets'

/** Writes files for the program, for their owner alone. Answers their paths, by the same names. */
export const giveFiles = async (folder: string, files: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> => {
  await mkdir(join(folder, given), { recursive: true, mode: 0o700 })
  const paths = Object.entries(files).map(([name, text]) => ({ name, text, path: join(folder, given, name) }))
  for (const { path, text } of paths) {
    // A program that is at work may be reading them.
    if ((await textOf(path)) === text) continue
    await writeFile(`${path}.part`, text, { mode: 0o600 })
    await rename(`${path}.part`, path)
  }
  return Object.fromEntries(paths.map(({ name, path }) => [name, path]))
}

/** A Secret holds 1 MiB, base64 and the rest of it included. */
const mostBytes = 700_000

/** How a file is read. */
export type Read = (path: string) => Promise<Buffer>

/**
 * Undefined while somebody writes there: the program removes its configuration before the new one gets its name.
 * @throws ProviderError `Internal` when it does not fit into a Secret.
 */
export const pack = async (folder: string, read: Read): Promise<Uint8Array | undefined> => {
  const files = await ifThere(() => filesOf(folder, read))
  if (files === undefined) return undefined
  const bytes = packed({ folder, files })
  if (bytes.length > mostBytes)
    throw new ProviderError('Internal', `what ${folder} keeps of the machine has ${bytes.length} bytes: a Secret takes ${mostBytes}`)
  return bytes
}

const filesOf = async (folder: string, read: Read): Promise<Packed['files']> => {
  const files: Record<string, readonly [number, string]> = {}
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const own = join(folder, given)
  // The same files are the same bytes, in whatever order the disk lists them.
  for (const path of paths.filter(path => dirname(path) !== own).toSorted()) {
    // Keys are for their owner, whatever mode a driver has written them with.
    files[relative(folder, path)] = [0o600, (await read(path)).toString('base64')]
  }
  return files
}

/** Of a folder in which there is nothing, or that nobody can look into any more. */
export const packedNothing = (folder: string): Uint8Array => packed({ folder, files: {} })

const packed = (content: Packed): Uint8Array => gzipSync(JSON.stringify(content))

const unpacked = (bytes: Uint8Array): Packed =>
  // We alone write these bytes: the cast at the border.
  JSON.parse(gunzipSync(bytes).toString()) as Packed

/** Is that file among them? */
export const packs = (bytes: Uint8Array, path: string): boolean => unpacked(bytes).files[path] !== undefined

/**
 * Writes them out, into another folder if it must be: paths in the program's own configurations follow. All of them, or none: what was in
 * that folder before is replaced by then. Not for two at a time.
 */
export const unpack = async (bytes: Uint8Array, folder: string): Promise<void> => {
  const content = unpacked(bytes)
  const part = partOf(folder)
  await remove(part)
  try {
    await mkdir(part, { recursive: true, mode: 0o700 })
    for (const [path, [mode, text]] of Object.entries(content.files)) {
      const target = join(part, path)
      const kept = Buffer.from(text, 'base64')
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await writeFile(target, path.endsWith('.json') ? kept.toString().replaceAll(content.folder, folder) : kept, { mode })
      await chmod(target, mode)
    }
    await remove(folder)
    await rename(part, folder)
  } finally {
    await remove(part)
  }
}

/** Where it stands until it is whole. */
export const partOf = (folder: string): string => `${folder}.part`

const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Another one whenever the file was written; undefined where there is none. */
export const versionOf = (path: string): Promise<string | undefined> =>
  ifThere(async () => {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  })

/** What stands in a file; undefined where there is none. */
export const textOf = (path: string): Promise<string | undefined> => ifThere(() => readFile(path, 'utf8'))

const ifThere = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await look()
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined
    throw error
  }
}
