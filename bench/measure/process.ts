import { readFile, writeFile } from 'node:fs/promises'

/** What a process has used, as Linux counts it. */
export interface Usage {
  readonly cpuSeconds: number
  /** The most memory that it had at once since `resetPeak`. */
  readonly peakMiB: number
}

/** Linux counts in hundredths of a second on every architecture that Node runs on. */
const ticksPerSecond = 100

export const usageOf = async (pid: number): Promise<Usage> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name of the program, in parentheses, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const peakKiB = /^VmHWM:\s+(\d+)/m.exec(status)?.[1]
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond, peakMiB: Number(peakKiB) / 1_024 }
}

/** CPU seconds, by the name of a process. */
export type Processors = Readonly<Record<string, number>>

/** What each of these processes has used. */
export const processorsOf = async (pids: Readonly<Record<string, number | undefined>>): Promise<Processors> => {
  const used = Object.entries(pids).flatMap(([name, pid]) =>
    pid === undefined ? [] : [usageOf(pid).then(({ cpuSeconds }) => [name, cpuSeconds] as const)],
  )
  return Object.fromEntries(await Promise.all(used))
}

export const usedSince = (before: Processors, after: Processors): Processors =>
  Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]))

/** From now on the peak is that of what comes. */
export const resetPeak = (pid: number): Promise<void> => writeFile(`/proc/${pid}/clear_refs`, '5')
