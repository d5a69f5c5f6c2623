import { notAcceptable } from '../status/index.ts'

/** How the client wants objects: as they are, their metadata alone, or rows for people. */
export type Shape = 'Object' | 'PartialObjectMetadata' | 'Table'

const acceptable = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/cbor']

/**
 * The first form in `Accept` that this server speaks.
 * @throws Failure 406 when there is none.
 */
export const shapeOf = (accept: string | undefined): Shape => {
  if (accept === undefined || accept === '') return 'Object'
  for (const alternative of accept.split(',')) {
    const [type, ...parameters] = alternative.split(';').map(part => part.trim())
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue
    const as = parameters.find(parameter => parameter.startsWith('as='))?.slice(3)
    if (as === undefined) return 'Object'
    if (!parameters.includes('g=meta.k8s.io') || !(parameters.includes('v=v1') || parameters.includes('v=v1beta1'))) continue
    if (as === 'Table') return 'Table'
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'PartialObjectMetadata'
  }
  throw notAcceptable(acceptable.slice(0, 1))
}
