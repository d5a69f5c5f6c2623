import { nameOf } from '@kube-node/core/api'
import { isBroken, recordOf } from '@kube-node/core'
import type { Watch } from './invariant.ts'

/** From the end of an attempt until its token must be gone. Milliseconds. */
const limitMs = 30_000

interface Over {
  readonly at: number
  readonly secretUid: string
  readonly nodeName: string
}

/**
 * 14: when a machine has joined, and when its claim or its attempt is over, its bootstrap token is gone. A request that was still under
 * way may make it anew: that one expires, and the end of the history waits for it.
 */
export const tokens: Watch = ({ world, truth, forced, restores }, report) => {
  const uids = new Map<string, string>()
  const over = new Map<string, Over>()
  truth.secrets.on(({ now }) => {
    const { name = '', uid = '' } = now?.metadata ?? {}
    if (now && !uids.has(name)) uids.set(name, uid)
  })
  truth.nodes.on(({ now, old }) => {
    const token = old && tokenOf(old)
    if (!old || token === undefined || forced.has(old.metadata?.uid ?? '')) return
    if (now && now.metadata?.uid === old.metadata?.uid && tokenOf(now) === token) return void over.delete(token)
    const secretUid = uids.get(`bootstrap-token-${token}`)
    if (secretUid !== undefined) over.set(token, { at: world.now, secretUid, nodeName: nameOf(old) })
  })
  return {
    tick() {
      for (const [token, { at, secretUid, nodeName }] of over) {
        if (world.now - at < limitMs) continue
        over.delete(token)
        const secret = truth.secrets.all.get(`kube-system/bootstrap-token-${token}`)
        // A restore brings tokens back, and forgets Nodes.
        if (secret?.metadata?.uid === secretUid && restores.at < at - limitMs)
          report(14, `bootstrap token ${token} of ${nodeName} is still there, though nobody waits for its machine any more`)
      }
    },
  }
}

const tokenOf = (node: Parameters<typeof recordOf>[0]): string | undefined => {
  const record = recordOf(node)
  return record && !isBroken(record) ? record.token : undefined
}
