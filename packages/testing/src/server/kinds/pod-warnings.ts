import { type Draft, type JsonObject, at, isObject, textAt } from '../objects/index.ts'
import { labelName } from '../schema/names.ts'
import { goQuote } from '../schema/quote.ts'
import { parseQuantity } from '../schema/quantity.ts'
import { addressWarnings } from '../schema/addresses.ts'
import { portWarnings } from './pod-port-warnings.ts'

const nano = 1_000_000_000n

const listAt = (object: unknown, ...path: readonly string[]): readonly JsonObject[] => {
  const found = at(object, ...path)
  return Array.isArray(found) ? found.filter(isObject) : []
}

const keysAt = (object: unknown, ...path: readonly string[]): readonly string[] => {
  const found = at(object, ...path)
  return isObject(found) ? Object.keys(found) : []
}

const oldLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

const oldAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
}

const oldVolumes: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

/** What kube-apiserver 1.37 says of a new Pod that is good and yet probably not what its writer meant. */
export const podWarnings = (pod: Draft): readonly string[] => {
  const wrongName = labelName(pod.metadata.name ?? '')
  return [
    ...(wrongName.length === 0
      ? []
      : [
          "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: " +
            `[${wrongName.join(' ')}]`,
        ]),
    ...specWarnings(pod),
  ]
}

/** The same of a template; `prefix` is where that stands. */
export const templateWarnings = (template: unknown, prefix: string): readonly string[] =>
  isObject(template)
    ? specWarnings(template).map(warning => warning.replaceAll(/(^|with |use )(?=(?:spec|metadata)\.)/g, `$1${prefix}`))
    : []

const specWarnings = (pod: JsonObject): readonly string[] => {
  return [
    ...keysAt(pod, 'spec', 'nodeSelector').flatMap(key =>
      oldLabels[key] === undefined ? [] : [`spec.nodeSelector[${key}]: ${oldLabels[key]}`],
    ),
    ...nodeAffinityWarnings(pod),
    ...listAt(pod, 'spec', 'topologySpreadConstraints').flatMap(spreadWarnings),
    ...keysAt(pod, 'metadata', 'annotations').flatMap(key =>
      oldAnnotations[key] === undefined ? [] : [`metadata.annotations[${key}]: ${oldAnnotations[key]}`],
    ),
    ...listAt(pod, 'spec', 'volumes').flatMap((volume, i) =>
      Object.entries(oldVolumes).flatMap(([kind, why]) => (volume[kind] === undefined ? [] : [`spec.volumes[${i}].${kind}: ${why}`])),
    ),
    ...repeated(pod, 'hostAliases', 'ip'),
    ...repeated(pod, 'imagePullSecrets', 'name'),
    ...listAt(pod, 'spec', 'imagePullSecrets').flatMap(({ name = '' }, i) =>
      name === '' ? [`spec.imagePullSecrets[${i}].name: invalid empty name ""`] : [],
    ),
    ...containersOf(pod).flatMap(([container, path]) => containerWarnings(pod, container, path)),
    ...portWarnings(containersOf(pod)),
    ...podAffinityWarnings(pod),
    ...addressesOf(pod),
  ]
}

/** Init containers first, as kube-apiserver walks them. */
const containersOf = (pod: JsonObject): readonly (readonly [container: JsonObject, path: string])[] =>
  ['initContainers', 'containers', 'ephemeralContainers'].flatMap(list =>
    listAt(pod, 'spec', list).map((container, i) => [container, `spec.${list}[${i}]`] as const),
  )

const nodeAffinityWarnings = (pod: JsonObject): readonly string[] => {
  const path = 'spec.affinity.nodeAffinity'
  const hard = 'requiredDuringSchedulingIgnoredDuringExecution'
  const soft = 'preferredDuringSchedulingIgnoredDuringExecution'
  const of = (term: unknown, field: string): readonly string[] =>
    listAt(term, 'matchExpressions').flatMap(({ key }, i) => {
      const why = oldLabels[String(key)]
      return why === undefined ? [] : [`${field}.matchExpressions[${i}].key: ${String(key)} is ${why}`]
    })
  return [
    ...listAt(pod, ...path.split('.'), hard, 'nodeSelectorTerms').flatMap((term, i) => of(term, `${path}.${hard}.nodeSelectorTerms[${i}]`)),
    ...listAt(pod, ...path.split('.'), soft).flatMap(({ preference }, i) => of(preference, `${path}.${soft}[${i}].preference`)),
  ]
}

const noSelector = 'a null labelSelector results in matching no pod'

const spreadWarnings = ({ topologyKey, labelSelector }: JsonObject, i: number): readonly string[] => {
  const field = `spec.topologySpreadConstraints[${i}]`
  const why = oldLabels[String(topologyKey)]
  return [
    ...(why === undefined ? [] : [`${field}.topologyKey: ${String(topologyKey)} is ${why}`]),
    ...(labelSelector === undefined ? [`${field}.labelSelector: ${noSelector}`] : []),
  ]
}

const podAffinityWarnings = (pod: JsonObject): readonly string[] =>
  ['podAffinity', 'podAntiAffinity'].flatMap(kind => [
    ...listAt(pod, 'spec', 'affinity', kind, 'requiredDuringSchedulingIgnoredDuringExecution').flatMap(({ labelSelector }, i) =>
      labelSelector === undefined
        ? [`spec.affinity.${kind}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector: ${noSelector}`]
        : [],
    ),
    ...listAt(pod, 'spec', 'affinity', kind, 'preferredDuringSchedulingIgnoredDuringExecution').flatMap((term, i) =>
      at(term, 'podAffinityTerm', 'labelSelector') === undefined
        ? [`spec.affinity.${kind}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector: ${noSelector}`]
        : [],
    ),
  ])

const repeated = (pod: JsonObject, list: string, key: string): readonly string[] => {
  const values = listAt(pod, 'spec', list).map(item => textAt(item, key))
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [`spec.${list}[${i}].${key}: duplicate ${key} ${goQuote(value)}`] : []))
}

const containerWarnings = (pod: JsonObject, container: JsonObject, path: string): readonly string[] => {
  const seccomp = `container.seccomp.security.alpha.kubernetes.io/${textAt(container, 'name')}`
  const annotated = at(pod, 'metadata', 'annotations', seccomp) !== undefined
  return [
    ...(annotated && at(container, 'securityContext', 'seccompProfile') === undefined
      ? [`metadata.annotations[${seccomp}]: non-functional in v1.27+; use the "seccompProfile" field instead`]
      : []),
    ...['memory', 'ephemeral-storage'].flatMap(resource =>
      ['limits', 'requests'].flatMap(which => {
        const value = at(container, 'resources', which, resource)
        const amount = typeof value === 'string' ? parseQuantity(value) : undefined
        return amount === undefined || amount.nano % nano === 0n
          ? []
          : [`${path}.resources.${which}[${resource}]: fractional byte value ${goQuote(String(value))} is invalid, must be an integer`]
      }),
    ),
    ...environmentWarnings(listAt(container, 'env'), path),
  ]
}

/** A name that is set again hides what it was, unless the new value builds on the old one. */
const environmentWarnings = (variables: readonly JsonObject[], path: string): readonly string[] =>
  variables.flatMap((variable, i) => {
    const name = textAt(variable, 'name')
    if (!variables.slice(0, i).some(other => other['name'] === name)) return []
    const before = `$(${name})`
    const value = textAt(variable, 'value')
    const buildsOn = variable['valueFrom'] === undefined && value !== before && value.includes(before)
    return buildsOn ? [] : [`${path}.env[${i}]: hides previous definition of ${goQuote(name)}, which may be dropped when using apply`]
  })

const addressesOf = (pod: JsonObject): readonly string[] => {
  const servers = at(pod, 'spec', 'dnsConfig', 'nameservers')
  return [
    ...(Array.isArray(servers) ? servers : []).flatMap((server, i) => addressWarnings(`spec.dnsConfig.nameservers[${i}]`, String(server))),
    ...listAt(pod, 'spec', 'hostAliases').flatMap(({ ip }, i) => addressWarnings(`spec.hostAliases[${i}].ip`, String(ip))),
  ]
}
