import { hashOf, openapiDocument, openapiIndex, openapiV2 } from '../openapi/index.ts'
import type { ResourceDefinition } from '../schema/index.ts'
import { type PlainAnswer, answered, found } from './plain-answer.ts'
import type { HandledRequest } from './handler.ts'

const nothing = (status: number, headers: PlainAnswer['headers'] = {}): PlainAnswer => ({ status, headers, body: '' })

const readable: ReadonlySet<string> = new Set(['application/json', 'application/*', '*/*'])

const isJsonWanted = (accept: string): boolean =>
  accept === '' || accept.split(',').some(alternative => readable.has((alternative.split(';')[0] ?? '').trim()))

const yearMs = 365 * 24 * 3_600_000

/**
 * What is below `/openapi`; undefined where nothing is. A document says what it is by a hash: whoever has it is told so, and whoever asks
 * for it by that hash may keep the answer for ever. Who asks by another is sent to the one that is there.
 */
export const openapi = (
  definitions: readonly ResourceDefinition[],
  rest: readonly string[],
  { headers = {}, query = {} }: HandledRequest,
  now: () => number,
): PlainAnswer | undefined => {
  const [edition, root, ...names] = rest
  if (edition === 'v2' && root === undefined) return answered(openapiV2.type, openapiV2.body)
  if (edition !== 'v3') return undefined
  if (root === undefined) return found(openapiIndex(definitions))
  const [group = '', version = ''] = root === 'api' ? ['', ...names] : names
  const isPath = root === 'api' ? names.length === 1 : root === 'apis' && names.length === 2
  const document = isPath ? openapiDocument(definitions, group, version) : undefined
  if (document === undefined) return nothing(404)
  const vary = { vary: 'Accept' }
  if (!isJsonWanted(headers['accept'] ?? '')) return nothing(406, vary)
  const hash = hashOf(document)
  const etag = { ...vary, etag: `"${hash}"` }
  const typed = { ...etag, 'content-type': 'application/json' }
  const { hash: asked = '' } = query
  if (asked !== '' && asked !== hash) return nothing(301, { ...typed, location: `/openapi/v3/${[root, ...names].join('/')}?hash=${hash}` })
  const kept = asked === '' ? {} : { 'cache-control': 'public, immutable', expires: new Date(now() + yearMs).toUTCString() }
  const known = (headers['if-none-match'] ?? '').split(',').map(tag => tag.trim())
  if (known.includes(etag.etag) || known.includes('*')) return nothing(304, { ...etag, ...kept })
  return { status: 200, headers: { ...typed, ...kept }, body: document }
}
