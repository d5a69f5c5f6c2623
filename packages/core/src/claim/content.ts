import type { NodeClassSpec, NodeSetSpec } from '../api/index.ts'

/** What a revision of a set was made of, so that it can be gone back to: no labels or taints, which change in place, and no secret. */
export interface RevisionContent {
  readonly classes: readonly RevisionOfClass[]
  readonly template: Pick<NonNullable<NodeSetSpec['template']>, 'config' | 'restartedAt'>
}

export interface RevisionOfClass extends Pick<NodeClassSpec, 'provider' | 'config' | 'bootstrap'> {
  readonly name: string
  /** The value of the label `kube-node.dev/revision` on its nodes. */
  readonly revision: string
}

/** Can it be read as what a ControllerRevision of ours holds? */
export const isRevisionContent = (data: unknown): data is RevisionContent =>
  typeof data === 'object' &&
  data !== null &&
  'classes' in data &&
  Array.isArray(data.classes) &&
  data.classes.every(isOfClass) &&
  'template' in data &&
  typeof data.template === 'object'

const isOfClass = (one: unknown): one is RevisionOfClass =>
  typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string' && 'revision' in one
