/**
 * The string formats that the API server checks in custom resources. It drops others from the schema, dashes in a name do not count
 * (`date-time`, `datetime`).
 */
export const isKnownFormat = (format: string): boolean => Object.hasOwn(formats, format.replaceAll('-', ''))

/** Does the text have the format? True for a format that is not known. */
export const hasFormat = (format: string, text: string): boolean => {
  const name = format.replaceAll('-', '')
  return !Object.hasOwn(formats, name) || formats[name]?.(text) === true
}

const matches =
  (pattern: RegExp) =>
  (text: string): boolean =>
    pattern.test(text)

const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

const isDate = (text: string): boolean => {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  const most = Number(month) === 2 && !isLeap(Number(year)) ? 28 : days[Number(month) - 1]
  return most !== undefined && Number(day) >= 1 && Number(day) <= most
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const isDateTime = (text: string): boolean => {
  const [, date = '', hour = '', minute = '', second = ''] =
    /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/.exec(text) ?? []
  return isDate(date) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
}

/** Leading zeros are taken, as they always have been. */
export const isIPv4 = (text: string): boolean =>
  /^\d+(?:\.\d+){3}$/.test(text) && text.split('.').every(part => part.length <= 3 && Number(part) < 256)

export const isIPv6 = (text: string): boolean => {
  if (!text.includes(':') || text.includes(':::')) return false
  const tail = text.slice(text.lastIndexOf(':') + 1)
  const plain = tail.includes('.') ? isIPv4(tail) && `${text.slice(0, text.lastIndexOf(':') + 1)}0:0` : text
  if (plain === false) return false
  const halves = plain.split('::')
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')))
  if (halves.length > 2 || !groups.every(group => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  return halves.length === 2 ? groups.length < 8 : groups.length === 8
}

export const isCIDR = (text: string): boolean => {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && bits !== '' && Number(bits) <= 128)
}

const isUri = (text: string): boolean =>
  text.startsWith('/') || (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) && (text.endsWith('://') || URL.canParse(text)))

// Letters and symbols of all scripts, dashes inside, a last label of letters; or one label alone.
const hostnameLetter = '[a-zA-Z0-9\\p{S}\\p{L}]'
const hostnameLabel = `${hostnameLetter}(?:[a-zA-Z0-9\\-\\p{S}\\p{L}]{0,61}${hostnameLetter})?`
const hostnameShape = new RegExp(`^(?:${hostnameLetter}(?:-?${hostnameLetter}{0,62})?|(?:${hostnameLabel}\\.)+[a-zA-Z\\p{L}]{2,63})$`, 'u')

const isHostname = (text: string): boolean =>
  text.length <= 255 && text.split('.').every(part => part.length <= 63) && hostnameShape.test(text)

/** Go's durations (`1h30m`, `1.5s`), and `22 ns` or `3 days` in the way of Scala: any number before any unit will do. */
const isDuration = (text: string): boolean =>
  /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(text) ||
  /\d+\s*(?:ns|us|µs|ms|hr|nano|micro|milli|sec|min|hour|day|week|wk|[smhdw](?![a-zµ]))/i.test(text)

const isIsbn10 = (text: string): boolean => {
  const digits = text.replaceAll(/[\s-]/g, '')
  if (!/^\d{9}[\dX]$/.test(digits)) return false
  return [...digits].reduce((sum, digit, i) => sum + (digit === 'X' ? 10 : Number(digit)) * (i + 1), 0) % 11 === 0
}

const isIsbn13 = (text: string): boolean => {
  const digits = text.replaceAll(/[\s-]/g, '')
  return /^\d{13}$/.test(digits) && [...digits].reduce((sum, digit, i) => sum + Number(digit) * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0
}

const cardShape =
  /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/

/** By its form and its check digit. */
const isCreditCard = (digits: string): boolean => {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return cardShape.test(digits) && sum % 10 === 0
}

const shortName = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const colour = '(?:25[0-5]|2[0-4]\\d|1\\d{2}|[1-9]?\\d)'

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: matches(/^[0-9a-fA-F]{24}$/),
  uri: isUri,
  email: matches(/^(?:[^@\s<>]+@[^@\s<>]+|[^<>@]*<[^@\s<>]+@[^@\s<>]+>)$/),
  hostname: isHostname,
  ipv4: text => isIPv4(text.replace(/^::ffff:/i, '')),
  ipv6: isIPv6,
  cidr: isCIDR,
  mac: matches(
    /^(?:[0-9a-f]{2}(?:([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}(?:(?:\1[0-9a-f]{2}){2})?)|(?:[0-9a-f]{4}\.){2,3}[0-9a-f]{4}|[0-9a-f]{12})$/i,
  ),
  uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid3: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
  uuid4: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  uuid5: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i),
  isbn: text => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: text => isCreditCard(text.replaceAll(/\D/g, '')),
  ssn: matches(/^\d{3}[- ]\d{2}[- ]\d{4}$/),
  hexcolor: matches(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: matches(new RegExp(`^rgb\\(\\s*${colour}\\s*,\\s*${colour}\\s*,\\s*${colour}\\s*\\)$`)),
  byte: matches(/^(?=.)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  k8sshortname: text => text.length <= 63 && new RegExp(`^${shortName}$`).test(text),
  k8slongname: text => text.length <= 253 && new RegExp(`^${shortName}(\\.${shortName})*$`).test(text),
}
