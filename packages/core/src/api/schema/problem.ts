/** What is wrong at one place of an object: `spec.bootstrap.files[0].path`. */
export interface Problem {
  readonly path: string
  readonly message: string
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] }
