import { badRequest, notAcceptable } from '../status/index.ts'

/** How the client wants objects: as they are, their metadata alone, or rows for people. */
export type Shape = 'Object' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'Table'

/**
 * The first form in `Accept` that this server speaks.
 * @throws Failure 406 when there is none.
 */
export const shapeOf = (accept: string | undefined): Shape => {
  if (accept === undefined || accept === '') return 'Object'
  for (const alternative of accept.split(',')) {
    const [type, ...parameters] = alternative.split(';').map(part => part.trim())
    // The socket turns JSON into YAML for those who ask: here they want the objects as they are.
    if (type === 'application/yaml') return 'Object'
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue
    const as = parameters.find(parameter => parameter.startsWith('as='))?.slice(3)
    if (as === undefined) return 'Object'
    if (!parameters.includes('g=meta.k8s.io') || !(parameters.includes('v=v1') || parameters.includes('v=v1beta1'))) continue
    if (as === 'Table') return 'Table'
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return as
  }
  throw notAcceptable(['application/json', 'application/yaml'], {})
}

const json: ReadonlySet<string | undefined> = new Set(['application/json', 'application/*', '*/*', 'application/yaml'])

/**
 * Is all of discovery wanted in one document, by the first form in `Accept` that this server speaks?
 * @throws Failure 406 when there is none.
 */
export const isAggregated = (accept: string): boolean => acceptsAggregated(accept, true)

/**
 * For the documents of which there is one form alone.
 * @throws Failure 406 when it is not wanted.
 */
export const checkPlain = (accept: string): void => {
  acceptsAggregated(accept, false)
}

const acceptsAggregated = (accept: string, isThere: boolean): boolean => {
  if (accept === '') return false
  for (const alternative of accept.split(',')) {
    const [type, ...parameters] = alternative.split(';').map(part => part.trim())
    if (!json.has(type)) continue
    if (!parameters.some(parameter => parameter.startsWith('as='))) return false
    if (isThere && ['as=APIGroupDiscoveryList', 'g=apidiscovery.k8s.io', 'v=v2'].every(wanted => parameters.includes(wanted))) return true
  }
  throw notAcceptable(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'])
}

/** What each row of a table carries. */
export type IncludeObject = 'Metadata' | 'None' | 'Object'

/** @throws Failure 400 for words that mean nothing. */
export const includeObjectOf = (text: string): IncludeObject => {
  if (text === '') return 'Metadata'
  if (text === 'Metadata' || text === 'None' || text === 'Object') return text
  const why = `includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`
  throw badRequest(`Unable to convert to Table as requested: ${why}`)
}
