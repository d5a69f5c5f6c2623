import type { Machine } from '../../provider/index.ts'
import type { Life } from '../life.ts'
import { forgotten } from './forgotten.ts'

/** Freezes deletions when one of these machines, which the API server does not know of, tells of a restore. */
export const witness = ({ context, freeze }: Pick<Life, 'context' | 'freeze'>, unknown: readonly Machine[]): void => {
  for (const { createdAt, providerID } of forgotten(unknown, context.vacancies())) {
    freeze.impose({ kind: 'machine', madeAt: Date.parse(createdAt), machine: providerID })
  }
}
