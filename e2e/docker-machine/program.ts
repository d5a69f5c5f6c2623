import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** docker-machine: the one that `KUBE_NODE_DOCKER_MACHINE` names, else a stand-in that logs in to hosts as that one does. */
export interface Program {
  readonly path: string
  readonly isReal: boolean
  /** Names of machines whose create was begun, as often as it was. */
  creates(): Promise<readonly string[]>
}

const standIn = fileURLToPath(new URL('../../packages/provider-docker-machine/test/docker-machine.mjs', import.meta.url))

/** For as long a stand-in makes a machine that somebody can die meanwhile. Milliseconds. */
export const longEnoughToDie = 1_500

/** `slowMs`: how long the stand-in takes to make a machine at least. */
export const writeProgram = async (folder: string, slowMs = 0): Promise<Program> => {
  await mkdir(join(folder, 'cloud'), { recursive: true })
  const real = process.env['KUBE_NODE_DOCKER_MACHINE']
  const path = join(folder, 'program')
  const calls = join(folder, 'calls')
  await writeFile(join(folder, 'faults.json'), JSON.stringify({ realSsh: true, alwaysMs: slowMs }))
  const command = real === undefined ? `'${process.execPath}' '${standIn}' '${folder}'` : `'${real}'`
  // The name is what comes last on a command line.
  const note = `case "$*" in *--help*) ;; create*) for last in "$@"; do :; done; echo "$last" >>'${calls}' ;; esac`
  await writeFile(path, `#!/bin/sh\n${note}\nexec ${command} "$@"\n`, { mode: 0o755 })
  return {
    path,
    isReal: real !== undefined,
    creates: async () => (existsSync(calls) ? (await readFile(calls, 'utf8')).trim().split('\n') : []),
  }
}
