/** `metadata`, as it stands in JSON: times are RFC 3339 strings, unlike client-node's `V1ObjectMeta`. */
export interface ObjectMeta {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly OwnerReference[]
}

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: ObjectMeta
}

/**
 * What a class of `@kubernetes/client-node` looks like on the wire: its `V1*` types say Date where JSON has strings and
 * `_continue` where it has `continue`. Use: `Wire<V1Pod> & KubeObject`.
 */
export type Wire<T> = T extends Date
  ? string
  : T extends string
    ? T
    : T extends readonly (infer U)[]
      ? readonly Wire<U>[]
      : T extends object
        ? { readonly [K in keyof T as K extends `_${infer N}` ? N : K]: Wire<T[K]> }
        : T

/** A kind of object as a value; its type rides along. Make your own with `resource<Widget>({...})`. */
export interface Resource<T extends KubeObject> {
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** Never set: carries T for the compiler, invariantly. */
  readonly _type?: (object: T) => T
}

export type AnyResource = Omit<Resource<KubeObject>, '_type'>

export const resource = <T extends KubeObject>(definition: Omit<Resource<T>, '_type'>): Resource<T> => definition

/** `apps/v1`, or `v1` for the core group. */
export const apiVersionOf = (r: AnyResource): string => (r.group === '' ? r.version : `${r.group}/${r.version}`)

/** Where the API server serves it: `/api/v1/nodes/a`, `/apis/kube-node.dev/v1alpha1/nodesets/b/status`. */
export const pathOf = (r: AnyResource, namespace?: string, name?: string, subresource?: string): string =>
  [
    r.group === '' ? `/api/${r.version}` : `/apis/${r.group}/${r.version}`,
    ...(r.namespaced && namespace !== undefined ? ['namespaces', encodeURIComponent(namespace)] : []),
    r.plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
    ...(subresource === undefined ? [] : [subresource]),
  ].join('/')
