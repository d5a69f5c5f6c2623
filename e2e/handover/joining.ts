import { systemRuntime } from '@kube-node/core'
import { CertificateSigningRequests } from '@kube-node/core/api'
import { createClient } from '@kube-node/core/kube'
import type { KeyPair } from '@kube-node/testing/server'
import type { ControlPlane } from '../control-plane/index.ts'
import { ask, certificateOf, newKeys, showing } from '../identity/story.ts'
import { eventually } from '../main-job/eventually.ts'
import type { Joining } from '../main-job/world.ts'

const longestMs = 30_000

/** What the requests of a machine for its certificate are called. */
export const requestOf = (machineId: string): string => `of-${machineId}`

/**
 * As a real kubelet finds its way: by the token in what its machine was told it asks for a certificate of the node that the cloud calls
 * it, with one key however often it tries, and from then on it is nobody but that node.
 */
export const joiningByToken = (controlPlane: ControlPlane): Joining => {
  const stack = new AsyncDisposableStack()
  const { clock } = systemRuntime()
  const keys = new Map<string, KeyPair>()
  const keysOf = (machineId: string): KeyPair => {
    const known = keys.get(machineId) ?? newKeys()
    keys.set(machineId, known)
    return known
  }
  return {
    async joinAs({ id, nodeName = '', userData = new Uint8Array() }, signal) {
      const token = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/.exec(Buffer.from(userData).toString())?.[0]
      if (token === undefined) throw new Error(`machine ${id} was told of no token`)
      const name = requestOf(id)
      await using shown = await showing(controlPlane, { token })
      const asking = createClient({ transport: shown, clock })
      const asked = await asking.get(CertificateSigningRequests, { name })
      if (!asked) await ask(asking, name, keysOf(id), { commonName: `system:node:${nodeName}` })
      const certificate = await eventually({ signal, withinMs: longestMs }, () => certificateOf(asking, name))
      return stack.use(await showing(controlPlane, { certificate, key: keysOf(id).privateKey }))
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
