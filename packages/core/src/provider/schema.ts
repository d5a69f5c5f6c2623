/**
 * Standard Schema with its JSON Schema part: zod (4.2 and later), valibot and arktype fit as they are. `validate` must
 * answer at once, not with a promise.
 */
export interface Schema<Out = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Out> | Promise<SchemaResult<Out>>
    readonly jsonSchema: { readonly input: (options: { target: 'openapi-3.0' }) => Record<string, unknown> }
    readonly types?: { readonly input: unknown; readonly output: Out } | undefined
  }
}

export type SchemaResult<Out> =
  | { readonly value: Out; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] }

/** What a schema's `validate` gives. */
export type Infer<S extends Schema> = NonNullable<S['~standard']['types']>['output']
