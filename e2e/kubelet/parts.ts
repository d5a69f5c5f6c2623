import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findTools } from '../tools/cache.mjs'

const { KUBE_NODE_E2E_CACHE: own, XDG_CACHE_HOME: shared } = process.env

/** Where get-parts.sh has unpacked containerd, runc, the CNI plugins and busybox. */
export const parts: string = join(own ?? join(shared ?? join(homedir(), '.cache'), 'kube-node', 'e2e'), 'machine-parts')

export const kubelet = (): string => join(findTools(['kubelet']), 'kubelet')

/** @throws Error that says what to do where machines of namespaces can't be had. */
export const requireParts = async (): Promise<void> => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('machines made of namespaces need Linux and root: run this as root, or leave e2e/kubelet out')
  await promisify(execFile)('/bin/sh', ['-c', 'test -d /sys/fs/cgroup/memory && test -d /sys/fs/cgroup/devices']).catch(
    (cause: unknown) => {
      throw new Error('machines made of namespaces need the hierarchies of cgroup v1: they are known to run on no others', { cause })
    },
  )
  await promisify(execFile)(join(parts, 'usr/bin/containerd'), ['--version']).catch((cause: unknown) => {
    throw new Error('the parts of a machine are not here: get them with e2e/kubelet/get-parts.sh (.ci/run does so)', { cause })
  })
}
