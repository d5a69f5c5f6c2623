import { type MachineProvider, ProviderError } from '@kube-node/core/provider'
import type { SimulatedCloud } from '../cloud/index.ts'

/** The same machines, told how to join by somebody who logs in when they run. */
export const bySteps = (
  { definition, ...rest }: MachineProvider,
  cloud: SimulatedCloud,
  deliver: (machineId: string, text: string) => void,
): MachineProvider => ({
  ...rest,
  definition: {
    ...definition,
    bootstrap: 'steps',
    connect: context => ({
      ...definition.connect(context),
      async configure({ id }, steps) {
        if (cloud.machine(id)?.state !== 'running') throw new ProviderError('Unavailable', `${id} does not answer`)
        deliver(id, steps.map(({ run }) => ('file' in run ? Buffer.from(run.bytes).toString('utf8') : run.command)).join('\n'))
      },
    }),
  },
})
