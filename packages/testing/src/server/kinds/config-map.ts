import { equal } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { forbiddenField } from '../status/index.ts'
import type { KindRules } from './rules.ts'

const isFrozen = 'field is immutable when `immutable` is set'

export const configMap: KindRules = {
  changesFirst: true,
  validateUpdate: (draft, old, emptyMaps) => {
    if (old['immutable'] !== true) return []
    const causes: Cause[] = draft['immutable'] === true ? [] : [forbiddenField('immutable', isFrozen)]
    if (!equal(draft['data'], old['data'])) causes.push(forbiddenField('data', isFrozen))
    // `data` has a default, an empty map; where there is no binary data, an empty map of it is a change to kube-apiserver 1.37.
    const emptied = draft['binaryData'] === undefined && emptyMaps.has('binaryData')
    if (emptied || !equal(draft['binaryData'], old['binaryData'])) causes.push(forbiddenField('binaryData', isFrozen))
    return causes
  },
}
