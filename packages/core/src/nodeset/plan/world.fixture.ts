import { type NodeSet } from '../../api/index.ts'
import { statusOf } from '../status.ts'
import { type Parts, choice, facts, node, now } from './facts.fixture.ts'
import type { NodeSetFacts, NodeSetPlan } from './facts.ts'

/** Nodes of a set as the world knows them; what happens to them is up to a test. */
export type Being = Parts & { readonly name: string; readonly age: number }

export interface World {
  set: NodeSet
  revision: string
  beings: readonly Being[]
  /** Creates whose answer was lost: each is there, or is not. */
  unknown: number
  born: number
  /** Milliseconds since it began. */
  elapsed: number
}

const revisions = ['r0', 'r1', 'r2', 'r3']

export type WorldEvent =
  | { readonly type: 'boot' | 'die' | 'recover' | 'delete' | 'gone' | 'keep' | 'letGo' | 'drift'; readonly at: number }
  | { readonly type: 'scale'; readonly replicas: number }
  | { readonly type: 'roll'; readonly revision: number }
  | { readonly type: 'strategy'; readonly surge: number; readonly unavailable: number }
  | { readonly type: 'headroom'; readonly nodes: number }
  | { readonly type: 'pause'; readonly paused: boolean }
  /** Time passes, and nothing else happens: a rollout may come to its deadline. */
  | { readonly type: 'wait'; readonly seconds: number }
  | { readonly type: 'answers' }

export const factsOf = (world: World): NodeSetFacts =>
  facts({
    set: world.set,
    nodes: world.beings.map(({ name, ...parts }) => node(name, parts)),
    choices: [choice({ revision: world.revision })],
    earlier: revisions
      .filter(name => name !== world.revision && world.beings.some(({ revision }) => revision === name))
      .map(name => ({ name, choices: [choice({ revision: name })] })),
    unknown: world.unknown,
    now: now + world.elapsed,
  })

/** Writes down what a set says of itself. */
export const say = (world: World, seen: NodeSetFacts, plan: NodeSetPlan): void => {
  world.set = { ...world.set, status: statusOf(seen, plan) }
}

export const happen = (world: World, event: WorldEvent): void => {
  const change = (at: number, fits: (being: Being) => boolean, to: Parts | 'gone'): void => {
    const those = world.beings.filter(fits)
    const one = those[at % Math.max(1, those.length)]
    if (!one) return
    world.beings = world.beings.flatMap(being => (being !== one ? [being] : to === 'gone' ? [] : [{ ...being, ...to }]))
  }
  const spec = (more: Partial<NodeSet['spec']>): void => {
    const { metadata, spec: old } = world.set
    world.set = { ...world.set, metadata: { ...metadata, generation: (metadata?.generation ?? 0) + 1 }, spec: { ...old, ...more } }
  }
  switch (event.type) {
    case 'boot':
      return change(event.at, ({ joined, deleting }) => joined === false && deleting !== true, {
        joined: true,
        ready: 'True',
        since: -world.elapsed / 1_000,
      })
    case 'die':
      return change(event.at, ({ joined }) => joined !== false, { ready: 'Unknown', since: -world.elapsed / 1_000 })
    case 'recover':
      return change(event.at, ({ joined, ready }) => joined !== false && ready === 'Unknown', {
        ready: 'True',
        since: -world.elapsed / 1_000,
      })
    case 'delete':
      return change(event.at, () => true, { deleting: true })
    case 'gone':
      return change(event.at, ({ deleting }) => deleting === true, 'gone')
    case 'keep':
      return change(event.at, () => true, { kept: true })
    case 'letGo':
      return change(event.at, ({ kept }) => kept === true, { kept: false })
    case 'drift':
      return change(event.at, () => true, { drift: 'its image is another' })
    case 'scale':
      return spec({ replicas: event.replicas })
    case 'roll':
      world.revision = `r${event.revision}`
      return undefined
    case 'strategy': {
      const { surge, unavailable } = event
      return spec({ strategy: { rollingUpdate: { maxSurge: surge, maxUnavailable: surge + unavailable === 0 ? 1 : unavailable } } })
    }
    case 'headroom':
      return spec({ headroom: { nodes: event.nodes } })
    case 'pause':
      return spec({ paused: event.paused })
    case 'wait':
      world.elapsed += event.seconds * 1_000
      return undefined
    case 'answers':
      world.unknown = 0
      return undefined
  }
}

/** Carries a plan out, or the first of its creates only, with the answers of some of them lost: made or not. */
export const carryOut = (world: World, plan: NodeSetPlan, most: number = Infinity, lost: 'none' | 'made' | 'not made' = 'none'): void => {
  const names = (nodes: readonly { readonly metadata?: { readonly name?: string } }[]): ReadonlySet<string> =>
    new Set(nodes.map(({ metadata }) => metadata?.name ?? ''))
  const [going, serving, warm] = [names(plan.remove.map(one => one.node)), names(plan.release), names(plan.warm)]
  world.beings = world.beings.map(being => ({
    ...being,
    ...(going.has(being.name) ? { deleting: true } : {}),
    ...(serving.has(being.name) ? { warm: false } : {}),
    ...(warm.has(being.name) ? { warm: true } : {}),
  }))
  for (const one of plan.create.slice(0, most)) {
    if (lost !== 'none') world.unknown += 1
    if (lost !== 'none') continue
    const name = `n${world.born++}`
    world.beings = [
      ...world.beings,
      { name, revision: one.choice.revision ?? '', joined: false, ready: 'Unknown', age: ageOf(world), warm: one.warm },
    ]
  }
}

/** Seconds before `now` of the fixtures: negative for what is born later. No two of a moment are of one age. */
const ageOf = ({ elapsed, born }: World): number => -elapsed / 1_000 - born / 1_000
