/**
 * The API server's rules for names, keys and values: each answers what is wrong, in its words, empty when nothing is.
 * The longest names are counted in bytes; all that the rules allow is ASCII.
 */
export type NameRule = (name: string) => readonly string[]

const example = (message: string, pattern: string, ...examples: readonly string[]): string =>
  `${message} (e.g. ${examples.map(e => `'${e}', `).join(' or ')}regex used for validation is '${pattern}')`

const ends = 'and must start and end with an alphanumeric character'

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`)

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const labelValue = `(${qualified})?`

const labelShape = whole(label)
const subdomainShape = whole(subdomain)
const qualifiedShape = whole(qualified)
const labelValueShape = whole(labelValue)

const bytes = (text: string): number => Buffer.byteLength(text)

const subdomainMessage = example(
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', ${ends}`,
  subdomain,
  'example.com',
)

const labelMessage = example(
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', ${ends}`,
  label,
  'my-name',
  '123-abc',
)

const keyMessage = example(`must consist of alphanumeric characters, '-', '_' or '.', ${ends}`, qualified, 'MyName', 'my.name', '123-abc')

const valueMessage = example(
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', ${ends}`,
  labelValue,
  'MyValue',
  'my_value',
  '12345',
)

const dnsSubdomain =
  (unit: string): NameRule =>
  name => [...(bytes(name) > 253 ? [`must be no more than 253 ${unit}`] : []), ...(subdomainShape.test(name) ? [] : [subdomainMessage])]

/** `example.com`. */
export const subdomainName: NameRule = dnsSubdomain('characters')

// The same rule, of another package of the API server that counts in other words.
const prefixName = dnsSubdomain('bytes')

/** `my-name`. */
export const labelName: NameRule = name => [
  ...(bytes(name) > 63 ? ['must be no more than 63 characters'] : []),
  ...(labelShape.test(name) ? [] : subdomainShape.test(name) ? ['must not contain dots'] : [labelMessage]),
]

/** Anything that a URL's path can hold: names of RBAC objects. */
export const pathSegmentName: NameRule = name => {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter(part => name.includes(part)).map(part => `may not contain '${part}'`)
}

/** `example.com/MyName` or `MyName`: label keys, annotation keys (lower-cased before), taint keys, finalizers. */
export const qualifiedName: NameRule = value => {
  const parts = value.split('/')
  const name = parts.at(-1) ?? ''
  const prefix = parts[0] ?? ''
  if (parts.length > 2) return [`a valid label key ${keyMessage} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  return [
    ...(parts.length === 1
      ? []
      : prefix === ''
        ? ['prefix part must be non-empty']
        : prefixName(prefix).map(message => `prefix part ${message}`)),
    ...(name === '' ? ['name part must be non-empty'] : bytes(name) > 63 ? ['name part must be no more than 63 bytes'] : []),
    ...(qualifiedShape.test(name) ? [] : [`name part ${keyMessage}`]),
  ]
}

export const labelValueRule: NameRule = value => [
  ...(bytes(value) > 63 ? ['must be no more than 63 bytes'] : []),
  ...(labelValueShape.test(value) ? [] : [valueMessage]),
]

const dns1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const dns1035Shape = whole(dns1035)
const dns1035Message = example(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
    'and end with an alphanumeric character',
  dns1035,
  'my-name',
  'abc-123',
)

/** `my-name`, beginning with a letter: names of kinds and versions in CRDs. */
export const dns1035Label: NameRule = name => [
  ...(bytes(name) > 63 ? ['must be no more than 63 characters'] : []),
  ...(dns1035Shape.test(name) ? [] : [dns1035Message]),
]
