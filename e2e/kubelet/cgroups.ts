import { readFile, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere } from './proc.ts'

const root = '/sys/fs/cgroup'
const prefix = 'kube-node-e2e-'

const hierarchies = async (): Promise<string[]> => (await readdir(root)).filter(name => name !== 'unified').map(name => join(root, name))

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** Whether it is gone: not as long as a process is in it or below. */
const remove = async (folder: string): Promise<boolean> => {
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !(await remove(join(folder, entry.name)))) return false
    }
    await rmdir(folder)
    return true
  } catch (error) {
    if (codeOf(error) === 'EBUSY') return false
    if (codeOf(error) === 'ENOENT') return true
    throw error
  }
}

/** Removes the cgroups of a machine. False: a process of it lives; then some of them may be gone already. */
export const removeCgroups = async (machine: string): Promise<boolean> => {
  for (const hierarchy of await hierarchies()) {
    if (!(await remove(join(hierarchy, prefix + machine)))) return false
  }
  return true
}

/** The machines that have cgroups. */
export const machinesWithCgroups = async (): Promise<string[]> => {
  const names = (await Promise.all((await hierarchies()).map(hierarchy => readdir(hierarchy)))).flat()
  return [...new Set(names.filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length)))]
}

/** The id, out here, of the process that is number 1 in a machine; undefined when that has not begun to keep house yet. */
export const initOf = async (machine: string): Promise<number | undefined> => {
  const pids = (await readFile(join(root, 'pids', prefix + machine, 'cgroup.procs'), 'utf8')).trim().split('\n')
  for (const pid of pids) {
    const [status, command] = await Promise.all(['status', 'cmdline'].map(file => readIfThere(`/proc/${pid}/${file}`)))
    // Its ids, from the outermost namespace to the innermost.
    if (/^NSpid:(\t\d+)+\t1$/m.test(status ?? '') && command?.includes('/init.sh') === true) return Number(pid)
  }
  return undefined
}
