export { type NodeSetController, type NodeSetControllerOptions, type NodeSetEvents, nodeSetController } from './controller.ts'
export { type KeptRevision, isSameContent, readHistory } from './revisions/index.ts'
export {
  type Choice,
  type Creation,
  type Earlier,
  type Member,
  type NodeSetFacts,
  type NodeSetPlan,
  type PodsOn,
  type Progress,
  type Removal,
  type Shortfall,
  type Zone,
  memberOf,
  planNodeSet,
} from './plan/index.ts'
