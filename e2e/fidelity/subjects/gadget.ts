import { oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const gadget: Subject = subject({
  content: oneOf<Fields>({ spec: { size: 1 } }, { spec: { size: 5, extra: 'x' } }, { spec: { size: 50 } }, {}),
  edits: [{ spec: { size: 2 } }, { spec: { extra: 'y' } }, { spec: { size: 20 } }],
  status: [{ any: 'thing' }],
})
