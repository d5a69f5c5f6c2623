import { duplicate, invalid, notSupported, required } from '../field-error.ts'
import { isObject } from '../json.ts'
import type { Cause } from '../definition.ts'
import { labelName, labelValueRule, qualifiedName, subdomainName } from '../names.ts'
import { validateLabels } from '../metadata.ts'
import { type Check, all, list, named, needed, object, oneOf, optional, port, uniqueBy } from './check.ts'

const trimmed: Check = (value, path) =>
  typeof value === 'string' && value !== value.trim() ? [invalid(path, value, 'must not have leading or trailing whitespace')] : []

const environmentName: Check = (value, path) =>
  typeof value === 'string' && value !== '' && !/^[ -<>-~]+$/.test(value)
    ? [invalid(path, value, "a valid environment variable name must consist only of printable ASCII characters other than '='")]
    : []

const containerPort: Check = (value, path) => (value === undefined || value === 0 ? [required(path)] : port(value, path))

/** All of a container but its name and image. */
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

const operators = ['Equal', 'Exists']

const toleration: Check = (value, path) => {
  if (!isObject(value)) return []
  const { key = '', operator = '', effect = '', tolerationSeconds, value: wanted = '' } = value
  const allKeys = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
  return [
    ...named(qualifiedName)(key, `${path}.key`),
    ...(key === '' && operator !== 'Exists' ? [invalid(`${path}.operator`, operator, allKeys)] : []),
    ...(tolerationSeconds !== undefined && effect !== 'NoExecute'
      ? [invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")]
      : []),
    ...tolerationValue(operator, wanted, `${path}.operator`),
    ...oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute')(effect, `${path}.effect`),
  ]
}

const tolerationValue = (operator: unknown, wanted: unknown, path: string): readonly Cause[] => {
  if (operator === 'Exists') return wanted === '' ? [] : [invalid(path, wanted, "value must be empty when `operator` is 'Exists'")]
  if (operator !== '' && operator !== 'Equal') return [notSupported(path, operator, operators)]
  const wrong = labelValueRule(String(wanted))
  return wrong.length === 0 ? [] : [invalid(path, wanted, wrong.join(';'))]
}

/** Another one of the same name is complained of right after its own faults. */
const containers =
  (check: Check): Check =>
  (value, path) => {
    const listed: readonly unknown[] = Array.isArray(value) ? value : []
    const names = listed.map(item => (isObject(item) ? item['name'] : undefined))
    return listed.flatMap((item, i) => [
      ...check(item, `${path}[${i}]`),
      ...(names.indexOf(names[i]) < i && names[i] !== undefined ? [duplicate(`${path}[${i}].name`, names[i])] : []),
    ])
  }

const container: Check = object({
  name: (value, path) => (value === undefined || value === '' ? [required(path)] : named(labelName)(value, path)),
  image: needed(),
  ...containerParts,
})

const seconds: Check = (value, path) =>
  typeof value === 'number' && (value < 1 || value > 2_147_483_647)
    ? [invalid(path, value, 'must be between 1 and 2147483647, inclusive')]
    : []

/** In the order in which kube-apiserver walks a Pod's spec. `restart` are the policies that make sense there. */
const specOf = (restart: readonly string[]): Check =>
  object({
    volumes: all(list(all(volumeName, volumeSources)), uniqueBy('name')),
    containers: all(needed(), containers(container)),
    initContainers: containers(container),
    restartPolicy: (value, path) => (typeof value === 'string' && !restart.includes(value) ? [notSupported(path, value, restart)] : []),
    dnsPolicy: oneOf('ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'),
    nodeSelector: validateLabels,
    serviceAccountName: named(subdomainName),
    nodeName: named(subdomainName),
    activeDeadlineSeconds: seconds,
    hostname: named(labelName),
    subdomain: named(labelName),
    tolerations: list(toleration),
  })

const trimmedImages: Check = list(object({ image: trimmed }))

/** A Pod's spec inside of another kind. */
export const templateSpec = (...restart: readonly string[]): Check =>
  all(specOf(restart), object({ containers: trimmedImages, initContainers: trimmedImages }))

export const podSpec: Check = templateSpec('Always', 'OnFailure', 'Never')
