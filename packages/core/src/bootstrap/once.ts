import type { BootstrapInput } from './plan.types.ts'
import { quoted } from './steps.ts'

const folder = '/var/lib/kube-node'
const mark = `${folder}/bootstrapped`

/**
 * A user's commands may make file systems: a machine that has joined before does them again only when its disk says no more that they were
 * done for this attempt. The mark comes before the join: whoever has joined has it.
 */
export const onceAnAttempt = (commands: readonly string[], steps: BootstrapInput['steps']): readonly string[] => {
  if (commands.length === 0 || !steps) return commands
  const attempt = quoted(steps.attempt)
  const unlessDone = (command: string): string => `grep -qsxF ${attempt} ${mark} || exec /bin/sh -c ${quoted(command)}`
  return [...(steps.rejoins ? commands.map(unlessDone) : commands), `mkdir -p ${folder} && echo ${attempt} >${mark}`]
}
