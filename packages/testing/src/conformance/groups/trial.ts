import type { Topic } from '../suite/index.ts'
import type { GroupManifest } from './manifest.ts'
import type { GroupStage } from './stage.ts'

export type GroupTopic = Topic<GroupManifest, GroupStage>
