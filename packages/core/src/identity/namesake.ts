import { type Node, conditionTime, nameOf } from '../api/index.ts'
import { type MachineRecord, claimOf, isClaim, isDeleting } from '../claim/index.ts'

/** What the machine of a claim has to do with a Node that is called as the cloud calls the machine. */
export type Namesake =
  /** Its kubelet made the Node, or may have. */
  | { readonly is: 'its own' }
  /** In words, why the Node is not to become this claim's, and what to do. */
  | { readonly is: 'foreign'; readonly message: string }

/**
 * Whose is a Node that is called so? Pure. Names of clouds are names of addresses, and addresses come back: what an instance that
 * is long gone has left behind is called as the new one. `providerID` is the machine's.
 */
export const judgeNamesake = (claim: Node, record: MachineRecord, providerID: string, namesake: Node): Namesake => {
  const foreign = (what: string): Namesake => ({
    is: 'foreign',
    message: `the cloud calls machine ${record.id ?? ''} ${nameOf(namesake)}, and the Node of that name ${what}`,
  })
  if (claimOf(namesake) === claimOf(claim)) return { is: 'its own' }
  if (isClaim(namesake)) return foreign('is a claim itself: delete it, or let the cloud give other names')
  if (isDeleting(namesake)) return foreign('is being deleted: this claim goes on when it is gone')
  const other = namesake.spec?.providerID ?? ''
  if (other === providerID) return { is: 'its own' }
  if (other !== '') return foreign(`runs on ${other} and not on ${providerID}: delete it where that one is gone`)
  const [made, begun] = [Date.parse(namesake.metadata?.creationTimestamp ?? ''), Date.parse(record.startedAt ?? '')]
  if (made >= begun) return { is: 'its own' }
  return foreign(
    `is older than this attempt (of ${Number.isNaN(begun) ? 'nobody knows when' : conditionTime(begun)}), without a providerID that ` +
      'says which machine it runs on: delete it; the kubelet of the machine makes its own when it is restarted',
  )
}
