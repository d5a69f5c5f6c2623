import type { CreateRequest, MachineProvider, OpaqueConfig } from '@kube-node/core/provider'
import type { Runtime } from '@kube-node/core/runtime'

export interface RequestContext {
  readonly runtime: Runtime
  readonly definition: MachineProvider['definition']
  readonly config: OpaqueConfig
  readonly cluster: string
}

/** A DNS-1123 label, which is what every cloud accepts; what core assumes too. */
export const defaultMaxNameLength = 63

/** Looks like a bootstrap token, so that it can be looked for where it must not be. */
export const secretInUserData = 'c0ffee.0123456789abcdef'

/** Bytes that are no UTF-8 text: a provider that takes them for a string damages them. */
export const userData: Uint8Array = Uint8Array.from([
  ...new TextEncoder().encode(`#!/bin/sh\n# ${secretInUserData}\n`),
  0x00,
  0xff,
  0xfe,
  0x80,
  0xc3,
  0x28,
  0x0a,
])

/** What core would send for the first attempt of a claim of its own. */
export const requestOf = ({ runtime, definition, config, cluster }: RequestContext): CreateRequest<OpaqueConfig> => {
  const claim = runtime.uuid()
  return {
    token: `${claim}-1`,
    name: nameOf(runtime, definition),
    owner: { cluster, controller: 'kube-node.dev/conformance', claim, nodeName: `node-${claim.slice(-12)}`, attempt: 1 },
    config: structuredClone(config),
    bootstrap: definition.bootstrap === 'user-data' ? { kind: 'user-data', bytes: userData.slice() } : { kind: 'none' },
    avoid: [],
  }
}

/** A fresh name of that many characters. Default: a short one. */
export const nameOf = (runtime: Runtime, limits: { readonly maxNameLength?: number }, length = 20): string => {
  const longest = Math.min(length, limits.maxNameLength ?? defaultMaxNameLength)
  // Uuids that count up differ at their ends alone, which a short name has no room for.
  const unlike = runtime.uuid().replaceAll('-', '').split('').toReversed().join('')
  return `n${unlike}`.padEnd(longest, 'x').slice(0, longest)
}
