import { type Draft, type JsonObject, type StoredObject, at, isObject, textAt } from '../objects/index.ts'
import type { Cause } from '../schema/index.ts'
import { addressProblems, addressWarnings, isPair } from '../schema/addresses.ts'
import { forbidden, invalid } from '../schema/field-error.ts'
import { qualifiedName, subdomainName } from '../schema/names.ts'

const listAt = (object: unknown, ...path: readonly string[]): readonly JsonObject[] => {
  const found = at(object, ...path)
  return Array.isArray(found) ? found.filter(isObject) : []
}

/** Of a Pod's status some stays when a kubelet that does not know it leaves it out. */
export const keepPodStatus = (draft: Draft, old: StoredObject): void => {
  const before = isObject(old['status']) ? old['status'] : {}
  const given = isObject(draft['status']) ? draft['status'] : {}
  const known = listAt(old, 'status', 'conditions')
  const conditions = listAt(given, 'conditions').map(condition => {
    const generation = at(
      known.find(other => other['type'] === condition['type']),
      'observedGeneration',
    )
    return condition['observedGeneration'] === undefined && generation !== undefined
      ? { ...condition, observedGeneration: generation }
      : condition
  })
  const kept = ['qosClass', 'observedGeneration', 'resourceClaimStatuses', 'extendedResourceClaimStatus']
  draft['status'] = {
    ...Object.fromEntries(kept.filter(key => before[key] !== undefined).map(key => [key, before[key]])),
    ...given,
    ...(conditions.length === 0 ? {} : { conditions }),
  }
}

/** Conditions of the system have names that are no qualified ones to others. */
const systemConditions = new Set(['PodScheduled', 'Ready', 'Initialized'])

export const validatePodStatus = (draft: Draft, old: StoredObject): readonly Cause[] => {
  const nominated = textAt(draft, 'status', 'nominatedNodeName')
  const isNew = nominated !== '' && nominated !== textAt(old, 'status', 'nominatedNodeName')
  const generation = at(draft, 'status', 'observedGeneration')
  const qosClass = textAt(draft, 'status', 'qosClass')
  return [
    ...listAt(draft, 'status', 'conditions').flatMap(validateCondition),
    ...(isNew ? subdomainName(nominated).map(why => invalid('status.nominatedNodeName', nominated, why)) : []),
    ...(isNew && textAt(old, 'spec', 'nodeName') !== ''
      ? [forbidden('status.nominatedNodeName', 'may not be set on pods that are already bound to a node')]
      : []),
    ...(typeof generation === 'number' && generation < 0
      ? [invalid('status.observedGeneration', generation, 'must be a non-negative integer')]
      : []),
    ...(qosClass === textAt(old, 'status', 'qosClass') ? [] : [invalid('status.qosClass', qosClass, 'field is immutable')]),
    ...validateTransitions(draft, old, 'containerStatuses'),
    ...validatePodAddresses(draft, old),
    ...validateHostAddresses(draft, old),
  ]
}

const validateCondition = (condition: JsonObject, i: number): readonly Cause[] => {
  const { observedGeneration: generation } = condition
  const type = textAt(condition, 'type')
  return [
    ...(typeof generation === 'number' && generation < 0
      ? [invalid(`status.conditions[${i}].observedGeneration`, generation, 'must be a non-negative integer')]
      : []),
    ...(systemConditions.has(type) ? [] : qualifiedName(type).map(why => invalid(`status.conditions[${i}].Type`, type, why))),
  ]
}

/** What has ended does not run again, unless it should. */
const validateTransitions = (draft: Draft, old: StoredObject, list: string): readonly Cause[] => {
  const now = listAt(draft, 'status', list)
  return listAt(old, 'status', list).flatMap((status, i) => {
    const ended = at(status, 'state', 'terminated')
    const next = now.find(other => other['name'] === status['name'])
    if (ended === undefined || next === undefined || at(next, 'state', 'terminated') !== undefined) return []
    const container = listAt(old, 'spec', 'containers').find(({ name }) => name === status['name'])
    const policy = textAt(container, 'restartPolicy') || textAt(old, 'spec', 'restartPolicy')
    const mayRun = container !== undefined && (policy === 'Always' || (policy === 'OnFailure' && at(ended, 'exitCode') !== 0))
    return mayRun ? [] : [forbidden(`status.${list}[${i}].state`, 'may not be transitioned to non-terminated state')]
  })
}

const ipsOf = (pod: unknown, list: string): readonly string[] => listAt(pod, 'status', list).map(item => textAt(item, 'ip'))

/** Addresses that were there before stay good. */
const validateList = (draft: Draft, old: StoredObject, list: string): readonly Cause[] => {
  const known = ipsOf(old, list)
  const addresses = ipsOf(draft, list)
  return [
    ...addresses.flatMap((address, i) => (known.includes(address) ? [] : addressProblems(`status.${list}[${i}]`, address))),
    ...(isPair(addresses)
      ? []
      : [
          invalid(
            `status.${list}`,
            addresses.map(IP => ({ IP })),
            'may specify no more than one IP for each IP family',
          ),
        ]),
  ]
}

const validatePodAddresses = (draft: Draft, old: StoredObject): readonly Cause[] => {
  const [first] = ipsOf(draft, 'podIPs')
  const podIP = textAt(draft, 'status', 'podIP')
  return [
    ...validateList(draft, old, 'podIPs'),
    ...(first === undefined || first === podIP ? [] : [invalid('status.podIPs[0].ip', first, 'must be equal to `podIP`')]),
  ]
}

const validateHostAddresses = (draft: Draft, old: StoredObject): readonly Cause[] => {
  const [first] = ipsOf(draft, 'hostIPs')
  const hostIP = textAt(draft, 'status', 'hostIP')
  return [
    ...(first === undefined || first === hostIP ? [] : [invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`')]),
    ...validateList(draft, old, 'hostIPs'),
  ]
}

export const podStatusWarnings = (draft: Draft): readonly string[] =>
  ['podIPs', 'hostIPs'].flatMap(list => ipsOf(draft, list).flatMap((address, i) => addressWarnings(`status.${list}[${i}].ip`, address)))
