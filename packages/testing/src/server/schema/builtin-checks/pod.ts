import { invalid, notSupported, required } from '../field-error.ts'
import { isObject } from '../json.ts'
import { labelName, qualifiedName, subdomainName } from '../names.ts'
import { validateLabels } from '../metadata.ts'
import { type Check, all, list, named, needed, object, oneOf, optional, port, uniqueBy } from './check.ts'

const trimmed: Check = (value, path) =>
  typeof value === 'string' && value !== value.trim() ? [invalid(path, value, 'must not have leading or trailing whitespace')] : []

const environmentName: Check = (value, path) =>
  typeof value === 'string' && value !== '' && !/^[ -<>-~]+$/.test(value)
    ? [invalid(path, value, "a valid environment variable name must consist only of printable ASCII characters other than '='")]
    : []

const containerPort: Check = (value, path) => (value === undefined || value === 0 ? [required(path)] : port(value, path))

/** All of a container but its name and image, which Pods have checked with their own rules. */
const containerParts: Readonly<Record<string, Check>> = {
  imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
  ports: all(list(object({ containerPort, protocol: oneOf('SCTP', 'TCP', 'UDP') })), uniqueBy('name')),
  env: list(object({ name: all(needed(), environmentName) })),
  volumeMounts: list(object({ name: needed(), mountPath: needed() })),
}

const volumeName: Check = object({ name: all(needed(), named(labelName)) })

const volumeSources: Check = optional(
  object({
    secret: optional(object({ secretName: needed() })),
    configMap: optional(object({ name: needed() })),
    hostPath: optional(object({ path: needed() })),
    persistentVolumeClaim: optional(object({ claimName: needed() })),
  }),
)

const toleration: Check = object(
  { key: named(qualifiedName), operator: oneOf('Equal', 'Exists'), effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute') },
  (value, path) => {
    if (!isObject(value)) return []
    const { key, operator, effect, tolerationSeconds, value: wanted = '' } = value
    return [
      ...((key ?? '') === '' && operator !== 'Exists'
        ? [
            invalid(
              `${path}.operator`,
              operator ?? '',
              'operator must be Exists when `key` is empty, which means "match all values and all keys"',
            ),
          ]
        : []),
      ...(operator === 'Exists' && wanted !== ''
        ? [invalid(`${path}.operator`, wanted, "value must be empty when `operator` is 'Exists'")]
        : []),
      ...(tolerationSeconds !== undefined && effect !== 'NoExecute'
        ? [invalid(`${path}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set")]
        : []),
    ]
  },
)

const policies = {
  restartPolicy: oneOf('Always', 'OnFailure', 'Never'),
  dnsPolicy: oneOf('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'),
  nodeSelector: validateLabels,
  tolerations: list(toleration),
  nodeName: named(subdomainName),
  serviceAccountName: named(subdomainName),
  volumes: all(list(all(volumeName, volumeSources)), uniqueBy('name')),
} satisfies Readonly<Record<string, Check>>

/** What a Pod's own rules leave to be checked. */
export const podSpec: Check = object({
  ...policies,
  containers: all(list(object({ image: trimmed, ...containerParts })), uniqueBy('name')),
  initContainers: list(object({ image: trimmed, ...containerParts })),
})

const container: Check = object({ name: all(needed(), named(labelName)), image: all(needed(), trimmed), ...containerParts })

/** A Pod's spec inside of another kind. `restart` are the policies that make sense there. */
export const templateSpec = (...restart: readonly string[]): Check =>
  object({
    ...policies,
    restartPolicy: (value, path) => (typeof value === 'string' && !restart.includes(value) ? [notSupported(path, value, restart)] : []),
    containers: all(needed(), list(container), uniqueBy('name')),
    initContainers: all(list(container), uniqueBy('name')),
  })
