import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type ClusterOptions, authorityHashes } from '@kube-node/core/bootstrap'
import { errorText } from '@kube-node/core/runtime'
import { CommandFailed } from '../terminal/index.ts'

/** What people say of the cluster that machines join, where it does not say so itself. */
export interface JoinFlags {
  readonly clusterServer?: string
  readonly clusterCaFile?: string
  readonly clusterDns?: readonly string[]
}

/**
 * The same as core wants it; undefined when nothing was said.
 * @throws CommandFailed for a file that can't be read, or holds no certificate: now, and not when the first machine is to join.
 */
export const joinOf = async ({ clusterServer, clusterCaFile, clusterDns }: JoinFlags, cwd: string): Promise<ClusterOptions | undefined> => {
  if (clusterServer === undefined && clusterCaFile === undefined && clusterDns === undefined) return undefined
  return {
    ...(clusterServer !== undefined && { server: clusterServer }),
    ...(clusterCaFile !== undefined && { ca: await readAuthority(resolve(cwd, clusterCaFile)) }),
    ...(clusterDns !== undefined && { dns: clusterDns }),
  }
}

const readAuthority = async (file: string): Promise<string> => {
  try {
    const pem = await readFile(file, 'utf8')
    authorityHashes(pem)
    return pem
  } catch (error) {
    throw new CommandFailed(`--cluster-ca-file ${file} can't be used: ${errorText(error)}`, { cause: error })
  }
}
