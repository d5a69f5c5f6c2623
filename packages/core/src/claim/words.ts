import { type Condition, conditions } from '../api/index.ts'

/** What one condition says. */
export type Words = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>

/** From when its machine is made and recorded, until it is given up: what comes of it the phase and its kubelet's conditions tell. */
export const provisioned: Words = {
  type: conditions.machineProvisioned,
  status: 'True',
  reason: 'Provisioned',
  message: 'its machine is there',
}

/** Another attempt has begun: the machine that was there is not this claim's any more. */
export const provisioning = (attempt: number): Words => ({
  type: conditions.machineProvisioned,
  status: 'Unknown',
  reason: 'Provisioning',
  message: `attempt ${attempt}: its machine is being made`,
})

/** Reason of the same, once trouble with a machine that has not joined is over. */
export const awaitingKubelet = 'AwaitingKubelet'

/** From birth by a set, until somebody finds otherwise. */
export const asDeclared: Words = { type: conditions.drifted, status: 'False', reason: 'AsDeclared', message: 'it is what its class says' }
