import { type Draft, at, equal, isObject, textAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { badRequest, forbiddenField, invalidValue } from '../status/index.ts'
import { keyPairProblem } from './key-pair.ts'
import type { KindRules } from './rules.ts'

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** @throws Failure 400 for values that are not base64: they could not be read at all. */
const checkEncoding = (draft: Draft): void => {
  for (const value of Object.values(isObject(draft['data']) ? draft['data'] : {})) {
    const text = typeof value === 'string' ? value.replace(/[\r\n]/g, '') : ''
    if (base64.test(text)) continue
    const wrong = text.search(/[^A-Za-z0-9+/]/)
    const position = wrong === -1 ? text.length - (text.length % 4) : wrong
    throw badRequest(`Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${position}`)
  }
}

export const secret: KindRules = {
  fields: { type: object => textAt(object, 'type') },
  prepareCreate: draft => {
    foldStringData(draft)
    if (textAt(draft, 'type') === '') draft['type'] = 'Opaque'
  },
  prepareUpdate: (draft, old) => {
    foldStringData(draft)
    if (textAt(draft, 'type') === '') draft['type'] = old['type']
  },
  changesFirst: true,
  validateUpdate: (draft, old, emptyMaps) => {
    const causes: Cause[] = draft['type'] === old['type'] ? [] : [invalidValue('type', draft['type'], 'field is immutable')]
    if (old['immutable'] === true) {
      if (draft['immutable'] !== true) causes.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'))
      // Where there is no data, an empty map is a change to kube-apiserver 1.37.
      const emptied = draft['data'] === undefined && emptyMaps.has('data')
      if (emptied || !equal(draft['data'], old['data'])) causes.push(forbiddenField('data', 'field is immutable when `immutable` is set'))
    }
    return causes
  },
  warnings: draft => {
    if (draft['type'] !== 'kubernetes.io/tls') return []
    const problem = keyPairProblem(at(draft, 'data', 'tls.crt'), at(draft, 'data', 'tls.key'))
    return problem === undefined ? [] : [problem]
  },
}

/** `stringData` is write-only: its values go into `data`, encoded, over what stands there. */
function foldStringData(draft: Draft): void {
  checkEncoding(draft)
  const text = draft['stringData']
  delete draft['stringData']
  if (!isObject(text)) return
  const data = isObject(draft['data']) ? draft['data'] : {}
  const encoded = Object.entries(text).map(([key, value]) => [key, Buffer.from(String(value), 'utf8').toString('base64')] as const)
  draft['data'] = { ...data, ...Object.fromEntries(encoded) }
}
