import type { Column, ScalePaths, SchemaNode } from './definition.ts'

/** `spec` of an apiextensions.k8s.io/v1 CustomResourceDefinition, as far as it is read here. Any part may be missing. */
export interface CrdSpec {
  readonly group?: string
  readonly scope?: string
  readonly names?: CrdNames
  readonly versions?: readonly CrdVersion[]
  readonly conversion?: { readonly strategy?: string; readonly webhook?: object }
  readonly preserveUnknownFields?: boolean
}

export interface CrdNames {
  readonly kind?: string
  readonly plural?: string
  readonly singular?: string
  readonly listKind?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

export interface CrdVersion {
  readonly name?: string
  readonly served?: boolean
  readonly storage?: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: { readonly openAPIV3Schema?: SchemaNode }
  readonly subresources?: { readonly status?: unknown; readonly scale?: Partial<ScalePaths> }
  readonly selectableFields?: readonly { readonly jsonPath?: string }[]
  readonly additionalPrinterColumns?: readonly Partial<Column>[]
}
