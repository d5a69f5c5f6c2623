import { mostly, oneOf } from '../generate/chance.ts'
import type { Fields } from '../script.ts'
import { type Subject, subject } from './subject.ts'

export const secret: Subject = subject({
  content: mostly(
    oneOf<Fields>(
      {},
      { data: { k: 'aGVsbG8=' } },
      { stringData: { k: 'hello' } },
      { type: 'example.test/kind', data: { k: 'aGVsbG8=' } },
      { immutable: true, data: { k: 'aGVsbG8=' } },
    ),
    oneOf<Fields>(
      { data: { k: 'not base64!' } },
      { type: 'kubernetes.io/tls' },
      { type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } },
      { type: 'kubernetes.io/basic-auth', data: {} },
      { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30=' } },
      { type: 'kubernetes.io/service-account-token' },
      { type: 'kubernetes.io/ssh-auth', data: {} },
      { data: { 'a b': '' } },
    ),
  ),
  edits: [
    { data: { k: 'd29ybGQ=' } },
    { stringData: { k: 'world', n: 'new' } },
    { type: 'other' },
    { type: null },
    { immutable: true },
    { data: null },
    { data: { k: null } },
  ],
  patches: [[{ op: 'add', path: '/stringData', value: { k: 'p' } }]],
})
