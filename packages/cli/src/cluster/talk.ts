import { resolve } from 'node:path'
import { ApiError, type Client, type KubeTransport, createClient } from '@kube-node/core/kube'
import { errorText } from '@kube-node/core/runtime'
import { CommandFailed, type Host } from '../terminal/index.ts'
import { adviceOn } from './advice.ts'
import { connect } from './connect.ts'

export interface TalkOptions {
  readonly kubeconfig?: string
  readonly context?: string
}

/** A cluster that answers. */
export interface Talk {
  readonly client: Client
  readonly transport: KubeTransport
  readonly server: string
}

/** Connects as the options say, works, and closes. @throws CommandFailed for an API server that says no. */
export const talk = async <T>(host: Host, options: TalkOptions, work: (talk: Talk) => Promise<T>): Promise<T> => {
  const { transport, server } = await connect({
    ...(options.kubeconfig === undefined ? {} : { file: resolve(host.cwd, options.kubeconfig) }),
    ...(options.context === undefined ? {} : { context: options.context }),
  })
  await using _transport = transport
  const client = createClient({ transport, clock: host.runtime.clock, userAgent: 'kube-node-cli' })
  try {
    return await work({ client, transport, server })
  } catch (error) {
    if (!ApiError.is(error)) throw error
    throw new CommandFailed(`${errorText(error)}${adviceOn(error)}`, { cause: error })
  }
}
