import type { GroupTopic } from '../trial.ts'
import { create } from './create.ts'
import { declaration } from './declaration.ts'
import { errors } from './errors.ts'
import { list } from './list.ts'
import { remove } from './remove.ts'
import { resize } from './resize.ts'
import { update } from './update.ts'

export const groupTopics: readonly GroupTopic[] = [declaration, list, resize, remove, create, update, errors]
