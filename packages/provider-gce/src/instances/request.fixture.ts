import type { CreateRequest } from '@kube-node/core/provider'
import { config } from './config.ts'
import type { GceConfig } from './config.types.ts'

const least = {
  project: 'my-project-1',
  zone: 'europe-west1-b',
  machineType: 'e2-standard-2',
  image: { family: 'ubuntu', project: 'ubuntu-os-cloud' },
}

/** A class's config as its schema reads it. @throws with all that is wrong. */
export const parsed = (more: Readonly<Record<string, unknown>> = {}): GceConfig => {
  const result = config['~standard'].validate({ ...least, ...more })
  if (result instanceof Promise) throw new Error('schemas answer at once')
  if (result.issues) throw new Error(result.issues.map(({ path = [], message }) => `${path.join('.')}: ${message}`).join('; '))
  return result.value
}

export const owner = { cluster: 'c-1', controller: 'kube-node.dev/default', claim: 'u-1', nodeName: 'a.example', attempt: 1 } as const

export const request = (
  more: Readonly<Record<string, unknown>> = {},
  rest: Partial<CreateRequest<GceConfig>> = {},
): CreateRequest<GceConfig> => ({
  token: 'token-1',
  name: 'n1',
  owner,
  config: parsed(more),
  bootstrap: { kind: 'none' },
  avoid: [],
  ...rest,
})
