import { DeleteAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling'
import { type Call, type Group, ProviderError } from '@kube-node/core/provider'
import { type Clients, asked } from '../aws/index.ts'

/** With all its machines, protected ones included. */
export const destroyGroup = async ({ autoScaling }: Clients, { id }: Group, call: Call): Promise<void> => {
  const command = new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: id, ForceDelete: true })
  try {
    await asked('DeleteAutoScalingGroup', call, options => autoScaling.send(command, options))
  } catch (error) {
    if (!ProviderError.is(error) || error.code !== 'NotFound') throw error
  }
}
