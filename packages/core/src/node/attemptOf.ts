import type { Node } from '../api/index.ts'
import type { MachineRecord } from '../claim/index.ts'
import type { Machine } from '../provider/index.ts'
import { dropDocument } from './document.ts'
import type { Life } from './life.ts'

/**
 * A restore may have taken back the record of the attempt that this machine is of. The written one is over then: nobody may join by its
 * token, and no number of an attempt is used twice.
 *
 * Dies in the middle: the token is gone, and the next life comes here again.
 */
export const attemptOf = async (life: Life, node: Node, written: MachineRecord, { owner }: Machine): Promise<MachineRecord> => {
  if (!owner || owner.attempt <= written.attempt) return written
  await dropDocument(life, node, written)
  const { token: _over, ...rest } = written
  return { ...rest, attempt: owner.attempt }
}
