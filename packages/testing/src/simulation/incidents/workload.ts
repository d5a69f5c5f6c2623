import type { Plays } from './play.ts'

/** What befalls the volumes and pods that a drain waits for. */
export const workloadPlays: Plays<'workload'> = {
  'detach-nothing'(stage, { ms }) {
    stage.storage.stuckUntil = Math.max(stage.storage.stuckUntil, stage.world.now + 3 * ms)
    return `no volume is detached for ${3 * ms} ms`
  },
  'hold-pods'(stage, { ms }) {
    stage.holds.until = Math.max(stage.holds.until, stage.world.now + 3 * ms)
    return `whoever put finalizers on pods does not look after them for ${3 * ms} ms`
  },
}
