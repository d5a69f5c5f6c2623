import { isObject } from '../objects/index.ts'
import { badRequest } from '../status/index.ts'

const version = 'meta.k8s.io/v1'

/** Where a page ended and at which revision; without one, the rest is listed as it is then. */
export const continueToken = (revision: number | undefined, key: string): string =>
  Buffer.from(JSON.stringify({ v: version, rv: revision ?? -1, start: `/${key}` })).toString('base64url')

/** @throws Failure 400 for what is no token of this server. */
export const parseContinueToken = (token: string): { readonly revision: number | undefined; readonly key: string } => {
  const invalid = (why: string): Error => badRequest(`invalid continue token: continue key is not valid: ${why}`)
  let content: unknown
  try {
    content = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error))
  }
  if (!isObject(content) || content['v'] !== version) throw invalid('server does not recognize this encoded version')
  const { rv, start } = content
  if (typeof rv !== 'number' || !Number.isInteger(rv) || rv === 0)
    throw invalid('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (typeof start !== 'string' || !start.startsWith('/')) throw invalid('encoded start key empty (version meta.k8s.io/v1)')
  return { revision: rv < 0 ? undefined : rv, key: start.slice(1) }
}
