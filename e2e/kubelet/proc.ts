import { readFile } from 'node:fs/promises'

/** A file of /proc; empty when its process has ended by now. */
export const readIfThere = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // The process has ended since the folder was read; EINVAL: it waits for somebody to take note.
    if (error.code === 'ENOENT' || error.code === 'ESRCH' || error.code === 'EINVAL') return ''
    throw error
  })
