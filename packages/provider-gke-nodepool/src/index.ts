export { type GkeNodePoolConfig, type GkeNodePoolOptions, type PoolTaint, gkeNodePools } from './pools/index.ts'
