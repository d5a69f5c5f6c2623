import { expect } from 'vitest'
import {
  type CertificateSigningRequest,
  CertificateSigningRequests,
  type Node,
  Nodes,
  Secrets,
  annotations,
  nameOf,
} from '@kube-node/core/api'
import { eventually } from '../main-job/eventually.ts'
import type { World } from './world.ts'

export const requests = async ({ client }: World): Promise<CertificateSigningRequest[]> => {
  const all: CertificateSigningRequest[] = []
  for await (const page of client.pages(CertificateSigningRequests)) all.push(...page)
  return all
}

/** Names of the Secrets. */
export const bootstrapTokens = async ({ client }: World): Promise<string[]> => {
  const names: string[] = []
  for await (const page of client.pages(Secrets, { namespace: 'kube-system' })) {
    for (const secret of page) if (secret.type === 'bootstrap.kubernetes.io/token') names.push(nameOf(secret))
  }
  return names
}

/** A claim's Node, when it has come so far. */
export const running = (world: World, name: string, signal: AbortSignal): Promise<Node> =>
  eventually({ signal }, async () => {
    const node = await world.client.get(Nodes, { name })
    expect(node?.metadata?.annotations?.[annotations.phase]).toBe('Running')
    return node ?? {}
  })

/** What was told of that node, as `<reason>:<message>`. */
export const eventsOf = async ({ kubectl }: World, node: string): Promise<string[]> => {
  const lines = '-o jsonpath={range.items[*]}{.reason}:{.message}{"\\n"}{end}'
  return (await kubectl(`get events --field-selector=involvedObject.name=${node} ${lines}`)).trim().split('\n')
}
