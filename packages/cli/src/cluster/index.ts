export { type Cluster, type WhichCluster, connect } from './connect.ts'
export { adviceOn, missingKinds } from './advice.ts'
export { type Lists, listUnlessForbidden } from './lists.ts'
export { type Talk, type TalkOptions, talk } from './talk.ts'
