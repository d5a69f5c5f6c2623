import { readdir } from 'node:fs/promises'
import { machinesWithCgroups } from './cgroups.ts'
import { linkOf } from './machine.ts'
import { readIfThere } from './proc.ts'

/** In words, what there is on this machine of a machine of namespaces: processes, mounts seen by any process, its cable, its cgroups. */
export const leftOf = async (name: string): Promise<string[]> => {
  const left: string[] = []
  for (const pid of (await readdir('/proc')).filter(entry => /^\d+$/.test(entry))) {
    if ((await readIfThere(`/proc/${pid}/cgroup`)).includes(`/kube-node-e2e-${name}`)) left.push(`process ${pid}`)
    if ((await readIfThere(`/proc/${pid}/mountinfo`)).includes(`/${name}/disk`)) left.push(`mounts in the eyes of process ${pid}`)
  }
  if ((await readdir('/sys/class/net')).includes(linkOf(name))) left.push('a cable')
  if ((await machinesWithCgroups()).includes(name)) left.push('cgroups')
  return left
}
