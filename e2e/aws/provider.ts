// A provider module for `kube-node run --provider`: EC2 as moto plays it.
import type { MachineProvider } from '@kube-node/core/provider'
import { ec2 } from '@kube-node/provider-aws'

/**
 * moto answers at once, and shows at once what was made. So much shorter is the time for which a claim waits whose request was under way
 * when its controller died: `create` and `consistencyWindow`, which are 4 min for the real EC2.
 */
export const moto = (): MachineProvider => {
  const provider = ec2()
  return { ...provider, definition: { ...provider.definition, consistencyWindow: '5s', timeouts: { create: '20s' } } }
}
