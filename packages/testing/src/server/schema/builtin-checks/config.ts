import type { Cause } from '../definition.ts'
import { duplicate, invalid, required } from '../field-error.ts'
import { isObject } from '../json.ts'
import { labelName } from '../names.ts'
import { type Check, all, keys, list, named, needed, object, oneOf, port, uniqueBy } from './check.ts'

const keyMessage =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
  "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

const configKey = (key: string, path: string): readonly Cause[] => {
  const field = `${path}[${key}]`
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) return [invalid(field, key, keyMessage)]
  if (key.length > 253) return [invalid(field, key, 'must be no more than 253 characters')]
  if (key === '.' || key === '..') return [invalid(field, key, `must not be '${key}'`)]
  return key.startsWith('..') ? [invalid(field, key, "must not start with '..'")] : []
}

export const configMap: Check = object({ data: keys(configKey), binaryData: keys(configKey) }, value => {
  if (!isObject(value) || !isObject(value['data']) || !isObject(value['binaryData'])) return []
  const binary = value['binaryData']
  return Object.keys(value['data'])
    .filter(key => Object.hasOwn(binary, key))
    .map(key => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'))
})

/** What each type of Secret must hold is checked where types are known. */
export const secret: Check = object({ data: keys(configKey) })

const targetPort: Check = (value, path) => {
  if (typeof value !== 'string') return port(value, path)
  return [
    ...(value.length > 15 ? [invalid(path, value, 'must be no more than 15 characters')] : []),
    ...(/^[-a-z0-9]+$/.test(value) ? [] : [invalid(path, value, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')]),
    ...(/[a-z]/.test(value) ? [] : [invalid(path, value, 'must contain at least one letter (a-z)')]),
  ]
}

const portNames: Check = (value, path) => {
  const ports: readonly unknown[] = Array.isArray(value) ? value : []
  if (ports.length < 2) return []
  return ports.flatMap((item, i) => (isObject(item) && (item['name'] ?? '') === '' ? [required(`${path}[${i}].name`)] : []))
}

const samePorts: Check = (value, path) => {
  const ports = (Array.isArray(value) ? value : []).filter(isObject)
  return ports.flatMap((item, i) =>
    ports.findIndex(other => other['port'] === item['port'] && other['protocol'] === item['protocol']) < i
      ? [
          duplicate(
            `${path}[${i}]`,
            new Map<string, unknown>([
              ['Name', ''],
              ['Protocol', item['protocol']],
              ['AppProtocol', null],
              ['Port', item['port']],
              ['TargetPort', 0],
              ['NodePort', 0],
            ]),
          ),
        ]
      : [],
  )
}

export const service: Check = object({
  spec: object(
    {
      type: oneOf('ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'),
      sessionAffinity: oneOf('ClientIP', 'None'),
    },
    (spec, path) => {
      if (!isObject(spec)) return []
      const free = spec['type'] === 'ExternalName' || spec['clusterIP'] === 'None'
      const ports = all(
        free ? () => [] : needed(),
        portNames,
        list(object({ name: named(labelName), port, protocol: oneOf('SCTP', 'TCP', 'UDP'), targetPort })),
        uniqueBy('name'),
        samePorts,
      )
      return ports(spec['ports'], `${path}.ports`)
    },
  ),
})

const someAddress: Check = (value, path) => {
  const has = (key: string): boolean => isObject(value) && Array.isArray(value[key]) && value[key].length > 0
  return has('addresses') || has('notReadyAddresses') ? [] : [required(path, 'must specify `addresses` or `notReadyAddresses`')]
}

export const endpoints: Check = object({ subsets: list(all(someAddress, object({ ports: portNames }))) })
