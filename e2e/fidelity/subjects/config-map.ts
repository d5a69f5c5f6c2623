import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const configMap: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      {},
      { data: { k: 'v' } },
      { data: { k: 'v', l: 'w' } },
      { binaryData: { b: 'aGVsbG8=' } },
      { data: { k: 'v' }, immutable: true },
      { data: { bad: 'v', n: 'w' } },
      { data: { err: 'v' } },
    ),
    oneOf<Fields>(
      { data: { k: 1 } },
      { data: { 'a b': 'x' } },
      { binaryData: { b: '!' } },
      { data: { k: 'v' }, binaryData: { k: 'aGVsbG8=' } },
      { extra: 1 },
      { data: [] },
      { data: null },
      { immutable: 'yes' },
    ),
  ),
  edits: [
    { data: { k: 'w' } },
    { data: { k: null } },
    { data: null },
    { data: { n: 'new' } },
    { immutable: true },
    { immutable: false },
    { extra: 1 },
  ],
  patches: [[{ op: 'add', path: '/data/k', value: 'p' }], [{ op: 'test', path: '/data/k', value: 'v' }]],
})
