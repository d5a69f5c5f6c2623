/** A path below /api/v1 or /apis/GROUP/VERSION, taken apart. */
export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly namespace?: string
  readonly plural: string
  readonly name: string
  readonly subresource: string
}

/** Undefined for paths that are not about objects: discovery, health, version. */
export const parseResourcePath = (path: string): ResourcePath | undefined => {
  const segments = path
    .split('/')
    .filter(segment => segment !== '')
    .map(decodeURIComponent)
  const [root, ...rest] = segments
  if (root === 'api' && rest.length >= 2) return within('', rest[0] ?? '', rest.slice(1))
  if (root === 'apis' && rest.length >= 3) return within(rest[0] ?? '', rest[1] ?? '', rest.slice(2))
  return undefined
}

const within = (group: string, version: string, rest: readonly string[]): ResourcePath => {
  const [first = '', second = '', third = '', fourth = '', ...more] = rest
  const ofNamespaceItself = rest.length < 3 || third === 'status' || third === 'finalize'
  return first === 'namespaces' && !ofNamespaceItself
    ? { group, version, namespace: second, plural: third, name: fourth, subresource: more.join('/') }
    : { group, version, plural: first, name: second, subresource: [third, fourth, ...more].filter(s => s !== '').join('/') }
}
