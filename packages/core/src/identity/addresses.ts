import type { MachineAddress } from '../provider/index.ts'

/** An address in the one spelling that is compared, from its octets; undefined when they are none. */
export const ipOf = (octets: Buffer): string | undefined => {
  if (octets.length === 4) return octets.join('.')
  if (octets.length !== 16) return undefined
  const groups = Array.from({ length: 8 }, (_, i) => octets.readUInt16BE(2 * i).toString(16))
  return ipFrom(groups.join(':'))
}

const four = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/

/** The same from text; undefined when it is no address. */
export const ipFrom = (text: string): string | undefined => {
  if (four.test(text)) return text.split('.').map(Number).join('.')
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(':')) return undefined
  // A URL holds an IPv6 address in its one canonical form (RFC 5952).
  return URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1)
}

/** By what a machine may be called, as its provider reports it. Kubelets take a Hostname that is an address for one, too. */
export interface KnownNames {
  readonly dns: ReadonlySet<string>
  readonly ips: ReadonlySet<string>
}

export const knownNames = (nodeName: string, addresses: readonly MachineAddress[]): KnownNames => {
  const texts = addresses.map(({ address }) => address)
  const ips = texts.flatMap(text => ipFrom(text) ?? [])
  const dns = texts.filter(text => ipFrom(text) === undefined)
  return { ips: new Set(ips), dns: new Set([nodeName, ...dns].map(lower)) }
}

/** Names of hosts are compared without regard to case. */
export const lower = (name: string): string => name.toLowerCase()

/**
 * Names under which pods reach the API server and other services: kubelets' serving certificates come from the same authority that pods
 * trust for these, so a node may be called that, and its certificate may not.
 */
const serviceName = /^(?:kubernetes(?:\.default)?|localhost|(?:.+\.)?svc(?:\..+)?)$/

export const isServiceName = (name: string): boolean => serviceName.test(lower(name))
