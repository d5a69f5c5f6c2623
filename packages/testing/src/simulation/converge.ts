import type { KubeRequest } from '@kube-node/core/kube'
import { convergenceMs, quietMs, restless, restlessness, unconverged } from './convergence.ts'
import { helpOut } from './help.ts'
import type { Report } from './invariants/index.ts'
import type { Stage } from './stage.ts'

/** 10: after the last fault the cluster becomes what was asked for, and then nothing is written any more. */
export const converge = async (
  stage: Stage,
  going: () => boolean,
  runUntil: (time: number, done?: () => boolean) => Promise<boolean>,
  report: Report,
): Promise<void> => {
  const { world, requests } = stage
  const deadline = world.now + convergenceMs
  let helpAt = world.now + 5 * 60_000
  let sight: { readonly steps: number; readonly problem: string | undefined } = { steps: -1_000, problem: 'not looked yet' }
  const problem = (): string | undefined => {
    if (world.steps - sight.steps >= 50) sight = { steps: world.steps, problem: unconverged(stage) }
    return sight.problem
  }
  let settled = false
  while (!settled && going() && world.now < deadline) {
    settled = await runUntil(Math.min(helpAt, deadline), () => problem() === undefined)
    if (!settled && world.now >= helpAt) {
      await helpOut(stage)
      helpAt += 60_000
    }
  }
  if (!going()) return
  if (!settled)
    return report(
      10,
      `${convergenceMs / 60_000} minutes after the last fault the cluster is not what was asked for: ${unconverged(stage) ?? ''}`,
    )
  world.tell('* the cluster is what was asked for')
  // Statuses are still written, and events that waited.
  await runUntil(world.now + 6 * 60_000)
  const writes: KubeRequest[] = []
  const isRestless = restlessness(stage.truth.classes.all.values())
  const listen = (request: KubeRequest): void => {
    if (isRestless(request)) writes.push(request)
  }
  requests.add(listen)
  await runUntil(world.now + quietMs)
  requests.delete(listen)
  const [first] = writes
  if (first)
    report(
      10,
      `a cluster that is what was asked for is still written to, ${writes.length} times in ${quietMs / 60_000} minutes: ${restless(first)}`,
    )
  const after = unconverged(stage)
  if (after !== undefined) report(10, `the cluster was what was asked for, and then no more: ${after}`)
}
