import { readdir, readFile } from 'node:fs/promises'

/** Ids of the processes of this machine whose command line contains the text; zombies have none. Linux only. */
export async function processesNaming(text: string): Promise<number[]> {
  const found: number[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const commandLine = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch((error: NodeJS.ErrnoException) => {
      // It has ended since the folder was read.
      if (error.code === 'ENOENT' || error.code === 'ESRCH') return ''
      throw error
    })
    if (commandLine.includes(text)) found.push(Number(entry))
  }
  return found
}
