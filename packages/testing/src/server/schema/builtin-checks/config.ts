import type { Cause } from '../definition.ts'
import { duplicate, invalid, required, tooLong } from '../field-error.ts'
import { isObject, own } from '../json.ts'
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

const largest = 1_048_576

/** Of all values together: texts as they are, and bytes that come as base64. */
const tooLarge =
  (field: string, parts: Readonly<Record<string, BufferEncoding>>): Check =>
  value => {
    const sizes = Object.entries(parts).flatMap(([part, encoding]) =>
      (isObject(value) && isObject(value[part]) ? Object.values(value[part]) : []).map(text => Buffer.byteLength(String(text), encoding)),
    )
    return sizes.reduce((sum, size) => sum + size, 0) > largest ? [tooLong(field, largest)] : []
  }

const twice: Check = value => {
  if (!isObject(value) || !isObject(value['data']) || !isObject(value['binaryData'])) return []
  const binary = value['binaryData']
  return Object.keys(value['data'])
    .filter(key => Object.hasOwn(binary, key))
    .map(key => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'))
}

export const configMap: Check = all(
  object({ data: keys(configKey) }),
  twice,
  object({ binaryData: keys(configKey) }),
  tooLarge('', { data: 'utf8', binaryData: 'base64' }),
)

/** Keys that each type must have in `data`. */
const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
}

const account = 'kubernetes.io/service-account.name'

/** What each type of Secret must hold. */
const typedContent: Check = value => {
  const secret = isObject(value) ? value : {}
  const { type } = secret
  const data = isObject(secret['data']) ? secret['data'] : {}
  const missing = (keys: readonly string[]): readonly Cause[] =>
    keys.filter(key => own(data, key) === undefined).map(key => required(`data[${key}]`))
  switch (type) {
    case 'kubernetes.io/service-account-token': {
      const metadata = isObject(secret['metadata']) ? secret['metadata'] : {}
      const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {}
      return (own(annotations, account) ?? '') === '' ? [required(`metadata.annotations[${account}]`)] : []
    }
    case 'kubernetes.io/basic-auth': {
      // One of the two is enough.
      const keys = missing(['username', 'password'])
      return keys.length === 2 ? keys : []
    }
    case 'kubernetes.io/ssh-auth':
      return (own(data, 'ssh-privatekey') ?? '') === '' ? [required('data[ssh-privatekey]')] : []
    default:
      return missing(requiredKeys[String(type)] ?? [])
  }
}

export const secret: Check = all(object({ data: keys(configKey) }), tooLarge('data', { data: 'base64' }), typedContent)

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
