import { createHash } from 'node:crypto'
import type { NodeSet } from '../../api/index.ts'
import { canonicalJson } from '../../claim/index.ts'

/** Of what a set asks for besides how many: who edits it wants a rollout that has failed to be tried again; who scales does not. */
export const intentOf = ({ spec: { replicas: _replicas, ...rest } }: NodeSet): string =>
  createHash('sha256').update(canonicalJson(rest)).digest('hex').slice(0, 10)
