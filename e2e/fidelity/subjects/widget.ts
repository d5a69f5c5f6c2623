import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const widget: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      { spec: { size: 3 } },
      { spec: { size: 5, color: 'blue', tags: ['a', 'b'], parts: [{ name: 'p' }, { name: 'q', count: 2 }] } },
      { spec: { size: 8, free: { any: ['thing'] }, unknown: { dropped: true }, fixed: 'once' } },
      { spec: { size: 1, label: null, port: 'http', nested: { depth: 1.5 }, when: '2020-01-01T00:00:00Z' } },
    ),
    oneOf<Fields>(
      {},
      { spec: {} },
      { spec: { size: 11 } },
      { spec: { size: 'big' } },
      { spec: { size: 1.5 } },
      { spec: { size: 1, color: 'blue' } },
      { spec: { size: 1, color: 'pink', label: 'UPPER', tags: ['a', 'a'] } },
      { spec: { size: 1, parts: [{ name: 'p' }, { name: 'p' }] } },
      { spec: { size: 1, parts: [{}] } },
      { spec: { size: 1, label: 'muchtoolong' } },
      { spec: { size: 1, nested: { depth: 0 } } },
      { spec: { size: 1, when: 'later' } },
      { spec: { size: null } },
      { spec: 5 },
      { spec: { size: 1, port: 1.5 } },
      { spec: { size: 1, tags: ['a', 'b', 'c', 'd'] } },
    ),
  ),
  edits: [
    { spec: { size: 9 } },
    { spec: { size: 0 } },
    { spec: { size: null } },
    { spec: { color: 'green' } },
    { spec: { color: null } },
    { spec: { color: 'blue' } },
    { spec: { fixed: 'other' } },
    { spec: { fixed: null } },
    { spec: { tags: ['x'] } },
    { spec: { parts: [{ name: 'r', extra: 1 }] } },
    { spec: { free: { more: 1 } } },
    { spec: { unknown: 1 } },
    { spec: { nested: null } },
    { spec: { nested: { on: false } } },
    { spec: null },
    { status: { phase: 'New' } },
    { other: 1 },
  ],
  status: [{ phase: 'New', replicas: 2, selector: 'app=a' }, { phase: 'Odd' }, { unknown: 1 }],
  patches: [
    [{ op: 'add', path: '/spec/tags/-', value: 'n' }],
    [{ op: 'replace', path: '/spec/size', value: 6 }],
    [
      { op: 'test', path: '/spec/size', value: 3 },
      { op: 'remove', path: '/spec/color' },
    ],
    [{ op: 'add', path: '/spec/parts/0', value: { name: 'first' } }],
  ],
})
