import { type NodeSet, annotations } from '@kube-node/core/api'

/** What an undo that takes several writes has left on the set with its first one, so that whoever asks again finishes it. */
export interface Intent {
  /** The revision's name. */
  readonly to: string
  /** What spec.paused is to be at the end: the set rests while it is neither this nor that. */
  readonly paused: boolean
}

/** Of an annotation that makes no sense nothing is known but that there is one. */
export const intentOf = (set: NodeSet): Intent | 'unreadable' | undefined => {
  const text = set.metadata?.annotations?.[annotations.undo]
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('to' in value) || typeof value.to !== 'string') return 'unreadable'
    return { to: value.to, paused: 'paused' in value && value.paused === true }
  } catch (error) {
    if (error instanceof SyntaxError) return 'unreadable'
    throw error
  }
}

/** What to do about an undo that is half done. */
export const halfUndone = (name: string): string =>
  `an undo of NodeSet "${name}" is half done: kube-node rollout undo nodeset/${name} finishes it ` +
  `(to stay where it is: kubectl annotate nodeset ${name} ${annotations.undo}-)`
