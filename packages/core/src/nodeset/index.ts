export { type NodeSetController, type NodeSetControllerOptions, type NodeSetEvents, nodeSetController } from './controller.ts'
export type { NodeSetFacts, NodeSetPlan } from './facts.ts'
export { planNodeSet } from './plan.ts'
