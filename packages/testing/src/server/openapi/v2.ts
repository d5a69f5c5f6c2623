/**
 * `/openapi/v2`, as good as empty: kubectl 1.37 still asks for it before it takes a `List`, or a kind whose group is not there yet, and
 * validates nothing that it does not find there. Without an answer it refuses the file. Protobuf is all that it reads: field 1 of
 * gnostic's Document, the version.
 */
export const openapiV2: { readonly type: string; readonly body: string } = {
  type: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  body: '\n\u00032.0',
}
