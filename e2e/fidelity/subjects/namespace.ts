import { oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const namespace: Subject = subject({
  content: oneOf<Fields>(
    {},
    { spec: { finalizers: ['example.test/hold'] } },
    { spec: { finalizers: ['hold'] } },
    { status: { phase: 'Terminating' } },
    { spec: { unknown: 1 } },
  ),
  edits: [
    { spec: { finalizers: [] } },
    { spec: { finalizers: ['kubernetes', 'example.test/more'] } },
    { status: { phase: 'Terminating' } },
  ],
  status: [{ phase: 'Terminating' }, { phase: 'Active', conditions: [{ type: 'NamespaceContentRemaining', status: 'True' }] }],
})
