import { type Step, ProviderError } from '@kube-node/core/provider'
import type { SimulatedCloud, SimulatedProviderOptions } from '../cloud/index.ts'

/** What a machine is told to do, by somebody who logs in when it runs. */
export const byLogin =
  (cloud: SimulatedCloud, deliver: (machineId: string, text: string) => void): NonNullable<SimulatedProviderOptions['configure']> =>
  async ({ id }, steps) => {
    if (cloud.machine(id)?.state !== 'running') throw new ProviderError('Unavailable', `${id} does not answer`)
    deliver(id, steps.map(textOf).join('\n'))
  }

const textOf = ({ run }: Step): string => ('file' in run ? Buffer.from(run.bytes).toString('utf8') : run.command)
