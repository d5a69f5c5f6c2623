import { annotations, finalizers, group, labels } from '../../api/index.ts'
import type { Variable } from './policy.ts'

/**
 * Words for the policies' CEL. Every access is guarded: under failurePolicy Fail an evaluation error is a denial, and a
 * denied status update is a node that goes NotReady. `object` is null at DELETE, `oldObject` at CREATE; what is empty in
 * an object may be absent, and the other way round.
 */
export const prefix: string = `${group}/`

/** A text as CEL writes it. */
export const text = (value: string): string => `'${value.replaceAll(/[\\']/g, '\\$&')}'`

export const texts = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`

type Side = 'object' | 'oldObject'

const metadata = (side: Side, field: string, otherwise: string): string =>
  `${side} != null && has(${side}.metadata) && has(${side}.metadata.${field}) ? ${side}.metadata.${field} : ${otherwise}`

const both = (name: string, value: (side: Side) => string): readonly Variable[] => [
  { name, expression: value('object') },
  { name: oldOf(name), expression: value('oldObject') },
]

/** `labels` of the object as it is to be are `variables.labels`, those as it was are `variables.oldLabels`. */
export const oldOf = (name: string): string => `old${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`

/** What policies about Nodes look at, as it is to be and as it was; a variable costs nothing before it is asked for. */
export const nodeVariables: readonly Variable[] = [
  ...both('labels', side => metadata(side, 'labels', '{}')),
  ...both('annotations', side => metadata(side, 'annotations', '{}')),
  ...both('finalizers', side => metadata(side, 'finalizers', '[]')),
  ...both('owners', side => metadata(side, 'ownerReferences', '[]')),
  ...both('spec', side => `${side} != null && has(${side}.spec) ? ${side}.spec : {}`),
  ...both('status', side => `${side} != null && has(${side}.status) ? ${side}.status : {}`),
  ...both('taints', side => `${side} != null && has(${side}.spec) && has(${side}.spec.taints) ? ${side}.spec.taints : []`),
  { name: 'class', expression: valueOf('variables.labels', labels.class) },
  { name: 'oldClass', expression: valueOf('variables.oldLabels', labels.class) },
  { name: 'isClaim', expression: isClaim('object') },
  { name: 'wasClaim', expression: isClaim('oldObject') },
]

/** The value of a key of a map; empty where there is none. */
export function valueOf(map: string, key: string): string {
  return `(${text(key)} in ${map} ? ${map}[${text(key)}] : '')`
}

/** Nothing, or as the other. (kube-apiserver compiles no list of a text and a variable.) */
export const noneOr = (value: string, other: string): string => `(${value} == '' || ${value} == ${other})`

/** Our finalizer or the class label: what makes a Node ours. Without variables, for conditions too. */
export function isClaim(side: Side): string {
  return (
    `${side} != null && has(${side}.metadata) && ` +
    `((has(${side}.metadata.labels) && ${text(labels.class)} in ${side}.metadata.labels) || ` +
    `(has(${side}.metadata.finalizers) && ${text(finalizers.machine)} in ${side}.metadata.finalizers))`
  )
}

/** Keys of ours in a map (`labels` or `annotations`) are all as they were; those that are named may differ. */
export const keysUnchanged = (map: string, free: readonly string[] = []): string => {
  const [now, before] = [`variables.${map}`, `variables.${oldOf(map)}`]
  const others = free.length === 0 ? '' : `k in ${texts(free)} || `
  return (
    `${now}.all(k, !k.startsWith(${text(prefix)}) || ${others}(k in ${before} && ${before}[k] == ${now}[k])) && ` +
    `${before}.all(k, !k.startsWith(${text(prefix)}) || ${others}k in ${now})`
  )
}

const isOurTaint = (taint: string): string => `has(${taint}.key) && ${taint}.key.startsWith(${text(prefix)})`
const part = (taint: string, field: string): string => `(has(${taint}.${field}) ? ${taint}.${field} : '')`
const sameTaint = (a: string, b: string): string =>
  ['key', 'value', 'effect'].map(field => `${part(a, field)} == ${part(b, field)}`).join(' && ')

export const taintsUnchanged: string = ['taints', 'oldTaints']
  .map((one, i, names) => `variables.${one}.all(t, !(${isOurTaint('t')}) || variables.${names[1 - i]}.exists(o, ${sameTaint('t', 'o')}))`)
  .join(' && ')

export const noNewFinalizer: string = `variables.finalizers.all(f, !f.startsWith(${text(prefix)}) || f in variables.oldFinalizers)`
export const noFinalizerLost: string = `variables.oldFinalizers.all(f, !f.startsWith(${text(prefix)}) || f in variables.finalizers)`

const isOurOwner = `has(r.apiVersion) && r.apiVersion.startsWith(${text(prefix)})`
export const noNewOwner: string = `variables.owners.all(r, !(${isOurOwner}) || r in variables.oldOwners)`
export const noOwnerLost: string = `variables.oldOwners.all(r, !(${isOurOwner}) || r in variables.owners)`

/** Is the asker a kubelet? */
export const isKubelet: string = "has(request.userInfo.groups) && 'system:nodes' in request.userInfo.groups"

/**
 * Kubernetes' own controllers: those of kube-controller-manager with and without identities of their own, and the
 * cloud's. The garbage collector among them deletes the Nodes of a set, and has no verb of ours.
 */
export const isSystem: string =
  "(has(request.userInfo.groups) && 'system:serviceaccounts:kube-system' in request.userInfo.groups) || " +
  "(has(request.userInfo.username) && request.userInfo.username in ['system:kube-controller-manager', 'system:cloud-controller-manager'])"

/** May the asker do that to the class? An empty name asks for all classes. Costs 350,000 of 1,000,000 that an expression has. */
export const may = (verb: string, className: string): string =>
  `authorizer.group(${text(group)}).resource('nodeclasses').name(${className}).check(${text(verb)}).allowed()`

/** Keys that people write themselves. */
export const freeLabels: readonly string[] = [labels.class]
export const freeAnnotations: readonly string[] = [annotations.doNotDisrupt, annotations.deletionCost, annotations.adopt]

export const who: string = "(has(request.userInfo.username) ? request.userInfo.username : 'somebody without a name')"
