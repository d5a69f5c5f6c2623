import type { CreateMachine } from '../../cloud/index.ts'
import type { Watch } from './invariant.ts'

/**
 * 19: all creates of one attempt of one claim ask the cloud for the same machine, whatever the names in its config stand for by then:
 * a cloud that knows the token refuses another request, and one that does not makes another machine.
 */
export const sameRequest: Watch = ({ cloud, restores }, report) => {
  const first = new Map<string, CreateMachine>()
  cloud.onCreate(request => {
    const { claim, attempt, nodeName } = request.owner
    const key = `${claim} ${attempt}`
    const before = first.get(key) ?? request
    first.set(key, before)
    const other = different(before, request)
    // What an attempt sent that a restore took back stands nowhere any more.
    if (other === undefined || restores.tookBack(claim) || restores.unpinned(claim)) return
    report(19, `attempt ${attempt} of ${nodeName} (${claim}) asked for ${other}`)
  })
  return {}
}

/** User data is many words: that they differ has to do. */
const different = (before: CreateMachine, now: CreateMachine): string | undefined => {
  // Keys of what both are.
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])] as (keyof CreateMachine)[]
  const key = keys.find(each => JSON.stringify(before[each]) !== JSON.stringify(now[each]))
  if (key === undefined) return undefined
  if (key === 'userData') return 'a machine that is told one thing, and then for one that is told another'
  return `${key} ${JSON.stringify(before[key])}, and then for ${JSON.stringify(now[key])}`
}
