/** One served kind: what discovery, storage, validation and printing need to know of it, built in or from a CRD. */
export interface ResourceDefinition {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly listKind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly subresources: {
    /** Writes to the object leave status alone, and the other way round. */
    readonly status: boolean
    readonly scale?: ScalePaths
    /** Others that are served: `eviction`, `binding`, `approval`, `token`, ... */
    readonly others?: readonly string[]
  }
  /** Absent for a kind that is stored as it comes. */
  readonly schema?: SchemaNode
  readonly columns: readonly Column[]
  /** Of a custom kind: paths of fields by which its document says that lists can be asked for, as in a CRD: `.spec.color`. */
  readonly selectableFields?: readonly string[]
  /** From a CRD: pruned and defaulted by its schema; generation counts all changes but those of metadata and status. */
  readonly custom: boolean
  /** Objects are stored in this version; absent where a kind has only one. */
  readonly storage?: boolean
  /** Its CRD is being deleted: discovery offers no more to make or to change objects. */
  readonly terminating?: boolean
  /** All versions of a custom kind; absent for built-in kinds. */
  readonly versions?: KindVersions
}

export interface KindVersions {
  /** The one in which objects are written. */
  readonly storage: string
  /** By version, of those too that are not served: objects may lie in them. One without a schema is absent. */
  readonly schemas: ReadonlyMap<string, SchemaNode>
}

/** Paths as in a CRD: `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicasPath: string
  readonly statusReplicasPath: string
  readonly labelSelectorPath?: string
}

/** `additionalPrinterColumns` of a CRD; built-in kinds are printed by code. */
export interface Column {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
  readonly jsonPath: string
}

/** A structural schema in the words of OpenAPI v3 with Kubernetes' extensions, `$ref`s already followed. */
export interface SchemaNode {
  /** For a built-in type its name in Go, as decoding errors say it: `v1.NodeSpec`. */
  readonly title?: string
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly format?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly items?: SchemaNode
  readonly additionalProperties?: SchemaNode | boolean
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly nullable?: boolean
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: boolean
  readonly exclusiveMaximum?: boolean
  readonly multipleOf?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly allOf?: readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly not?: SchemaNode
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-validations'?: readonly RuleOfSchema[]
  /** Built-in types: is an absent or empty value left out although it is no pointer, or written as null? */
  readonly 'x-go-zero'?: 'omit' | 'null'
  /** Built-in types: a named scalar or map, as decoding errors say it (`v1.TaintEffect`). */
  readonly 'x-go-type'?: string
}

/** A CEL rule. `self` is the value, `oldSelf` the one before an update: such rules run on updates only. */
export interface RuleOfSchema {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  /** `oldSelf` is an optional, and the rule runs on creation too. */
  readonly optionalOldSelf?: boolean
}

/** One thing wrong with an object, as `Status.details.causes` names it. */
export interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}
