export { type Runnable, type Running, type TestCluster, type TestClusterOptions, createTestCluster } from './cluster.ts'
export { type DeathSentence, type Mortal, mortal } from './mortal.ts'
