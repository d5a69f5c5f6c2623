import { Nodes, labels } from '../api/index.ts'
import type { ManagerContext } from '../engine/index.ts'
import type { Owner } from '../provider/index.ts'

type Ask = Pick<ManagerContext, 'client' | 'signal'>

/**
 * Whether a Node with another name has taken that claim over, by a live list: it shows what a write of ours has done whose answer was
 * lost, or that the store has not heard of.
 */
export const isTakenOver = async ({ client, signal }: Ask, claim: string): Promise<boolean> => {
  for await (const page of client.pages(Nodes, { labels: `${labels.claim}=${claim}`, signal })) if (page.length > 0) return true
  return false
}

/** Whether any Node stands for the claim that a machine carries, by live reads: the one that it was made for, or its heir. */
export const hasLiveClaim = async (ask: Ask, { claim, nodeName }: Pick<Owner, 'claim' | 'nodeName'>): Promise<boolean> => {
  const node = await ask.client.get(Nodes, { name: nodeName }, ask.signal)
  return node?.metadata?.uid === claim || isTakenOver(ask, claim)
}
