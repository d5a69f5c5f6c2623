import type { ListOptions, Route } from '../compute/index.ts'
import type { Request } from '../wire/index.ts'
import { containerRoute } from './container.ts'
import { managerRoute } from './managers.ts'
import type { Gke } from './state.ts'

export { type FakeGke, gkeHands } from './hands.ts'
export { containerRefused } from './refusal.ts'
export type { Gke, Pool, PoolStatus } from './state.ts'

/** What belongs to clusters of GKE: node pools, and the group managers beneath them. Undefined: no such method. */
export const gkeRoute = (gke: Gke, request: Request, options: ListOptions): Route | undefined =>
  containerRoute(gke, request) ?? managerRoute(gke, request, options)
