/** What Kubernetes' OpenAPI can say and zod can't; it stands beside the field that it is about and ends in the CRD. */
export type Extensions = {
  readonly 'x-kubernetes-validations'?: readonly Rule[]
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-int-or-string'?: true
  readonly 'x-kubernetes-preserve-unknown-fields'?: true
  readonly maxProperties?: number
}

/** A rule in CEL, which the API server checks at every write. */
export interface Rule {
  readonly rule: string
  readonly message: string
}

/** A structural schema: what a CustomResourceDefinition takes. */
export type StructuralSchema = Extensions & {
  readonly description?: string
  readonly type?: string
  readonly properties?: Readonly<Record<string, StructuralSchema>>
  readonly required?: readonly string[]
  readonly items?: StructuralSchema
  readonly additionalProperties?: StructuralSchema
  readonly anyOf?: readonly { readonly type: string }[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

/** A list whose members are told apart by these keys: server-side apply merges them one by one, and no two may be the same. */
export const listMap = (...keys: readonly string[]): Extensions => ({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys })
export const listSet: Extensions = { 'x-kubernetes-list-type': 'set' }
export const listAtomic: Extensions = { 'x-kubernetes-list-type': 'atomic' }
export const validations = (...rules: readonly Rule[]): Extensions => ({ 'x-kubernetes-validations': rules })
