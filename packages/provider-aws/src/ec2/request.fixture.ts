import type { CreateRequest } from '@kube-node/core/provider'
import { config } from './config.ts'
import type { Ec2Config } from './config.types.ts'

/** As core reads it. @throws Error with what is wrong. */
export const parsed = (more: Readonly<Record<string, unknown>> = {}): Ec2Config => {
  const result = config['~standard'].validate({ region: 'eu-west-1', instanceType: 'm7i.large', ami: { id: 'ami-0a1' }, ...more })
  if (result instanceof Promise) throw new Error('schemas answer at once')
  if (result.issues) throw new Error(result.issues.map(({ path = [], message }) => `${path.join('.')}: ${message}`).join('; '))
  return result.value
}

export const requestOf = (
  more: Readonly<Record<string, unknown>> = {},
  {
    claim = 'claim',
    attempt = 1,
    ...rest
  }: Partial<CreateRequest<Ec2Config>> & { readonly claim?: string; readonly attempt?: number } = {},
): CreateRequest<Ec2Config> => ({
  token: `${claim}-${attempt}`,
  name: `node-${attempt}`,
  owner: { cluster: 'cluster', controller: 'kube-node.dev/controller', claim, nodeName: 'node', attempt },
  config: parsed(more),
  bootstrap: { kind: 'none' },
  avoid: [],
  ...rest,
})
