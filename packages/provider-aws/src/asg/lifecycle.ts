import type { Instance } from '@aws-sdk/client-auto-scaling'

/** Where a machine is in its life as a member ("Amazon EC2 Auto Scaling instance lifecycle"), hooks that make it wait included. */
export type Stage = 'starting' | 'serving' | 'standby' | 'leaving' | 'gone'

/** Pure. A state that nobody has seen is one of a machine that is there. */
export const stageOf = ({ LifecycleState }: Pick<Instance, 'LifecycleState'>): Stage => {
  const state: string = LifecycleState ?? ''
  if (state.startsWith('Pending')) return 'starting'
  if (state === 'Standby' || state === 'EnteringStandby') return 'standby'
  // A machine that is detached goes on, but not as a member.
  if (state.startsWith('Terminating') || state === 'Detaching') return 'leaving'
  if (state === 'Terminated' || state === 'Detached' || state.startsWith('Warmed')) return 'gone'
  return 'serving'
}
