import { invalid, notSupported, required } from '../field-error.ts'
import { isObject } from '../json.ts'
import { qualifiedName, subdomainName } from '../names.ts'
import { parseQuantity } from '../quantity.ts'
import { type Check, all, keys, list, named, needed, object, oneOf, uniqueBy } from './check.ts'

const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

const accessModes: Check = (value, path) =>
  (Array.isArray(value) ? value : []).flatMap((mode: unknown) => (modes.includes(String(mode)) ? [] : [notSupported(path, mode, modes)]))

const capacity: Check = (value, path) => {
  const names = isObject(value) ? Object.keys(value) : []
  return [
    ...(names.length === 0 ? [required(path)] : []),
    ...(names.length === 1 && names[0] === 'storage' ? [] : [notSupported(path, value ?? null, ['storage'])]),
  ]
}

/** Fields of a volume's spec that say how, not what, it is. */
const plainFields: ReadonlySet<string> = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
])

const someSource: Check = (spec, path) =>
  isObject(spec) && Object.keys(spec).some(key => !plainFields.has(key)) ? [] : [required(path, 'must specify a volume type')]

export const persistentVolume: Check = object({
  spec: object(
    { accessModes: all(needed(), accessModes), capacity, persistentVolumeReclaimPolicy: oneOf('Delete', 'Recycle', 'Retain') },
    someSource,
  ),
})

const requestedStorage: Check = (value, path) => {
  if (typeof value !== 'string') return [required(path)]
  const { nano = 0n } = parseQuantity(value) ?? {}
  return nano > 0n ? [] : [invalid(path, value, 'must be greater than zero')]
}

export const persistentVolumeClaim: Check = object({
  spec: object({
    accessModes: all(needed('at least 1 access mode is required'), accessModes),
    resources: (resources, path) => {
      const requests = isObject(resources) ? resources['requests'] : undefined
      return requestedStorage(isObject(requests) ? requests['storage'] : undefined, `${path}[storage]`)
    },
  }),
})

const provisioner: Check = (value, path) =>
  typeof value === 'string' && value !== ''
    ? qualifiedName(value.toLowerCase()).map(message => invalid(path, value.toLowerCase(), message))
    : [required(path)]

export const storageClass: Check = object({
  provisioner,
  parameters: keys((key, path) => (key === '' ? [invalid(path, key, 'field can not be empty.')] : [])),
  reclaimPolicy: oneOf('Delete', 'Retain'),
  volumeBindingMode: oneOf('Immediate', 'WaitForFirstConsumer'),
})

const oneSource: Check = (source, path) =>
  isObject(source) && ['inlineVolumeSpec', 'persistentVolumeName'].filter(key => source[key] !== undefined).length === 1
    ? []
    : [required(path, 'must specify exactly one of inlineVolumeSpec and persistentVolumeName')]

export const volumeAttachment: Check = object({
  spec: object({
    attacher: needed(),
    source: oneSource,
    nodeName: (value, path) => {
      const name = typeof value === 'string' ? value : ''
      return subdomainName(name).map(message => invalid(path, name, message))
    },
  }),
})

export const csiNode: Check = object({
  spec: object({ drivers: all(list(object({ name: all(needed(), named(subdomainName)), nodeID: needed() })), uniqueBy('name')) }),
})
