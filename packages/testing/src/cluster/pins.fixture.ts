import { createKubeNode } from '@kube-node/core'
import { NodeClasses } from '@kube-node/core/api'
import type { CreateRequest, MachineProvider, OpaqueConfig } from '@kube-node/core/provider'
import { type Mortal, type Running, type TestCluster, createTestCluster, mortal } from './index.ts'

export interface Stage {
  readonly cluster: TestCluster
  /** Every create that a life asked for, in order, whether or not it left before that life died. */
  readonly sent: readonly CreateRequest<OpaqueConfig>[]
  /** How often it was asked what a config means. */
  readonly resolved: () => number
  start(life?: Mortal): Running
}

/** What a config means, when it is asked for the `asked`th time. */
export type Meaning = (config: OpaqueConfig, asked: number) => OpaqueConfig | Promise<OpaqueConfig>

/** The newest image is another one each time. */
export const newest: Meaning = (config, asked) => (config['image'] === 'debian-13' ? { ...config, image: `debian-13.${asked}` } : config)

const noting = ({ definition, ...rest }: MachineProvider, sent: CreateRequest<OpaqueConfig>[]): MachineProvider => ({
  ...rest,
  definition: {
    ...definition,
    connect: context => {
      const connection = definition.connect(context)
      return {
        ...connection,
        create: (request, call) => {
          sent.push(request)
          return connection.create(request, call)
        },
      }
    },
  },
})

/** A cluster with a class `small`, and a provider that resolves configs so. */
export const createStage = async (meaning: Meaning = newest): Promise<Stage> => {
  const cluster = await createTestCluster()
  const { runtime, cloud } = cluster
  const { definition, ...rest } = cloud.provider()
  const sent: CreateRequest<OpaqueConfig>[] = []
  let resolved = 0
  const provider: MachineProvider = {
    ...rest,
    definition: {
      ...definition,
      connect: context => ({
        ...definition.connect(context),
        resolve: async config => meaning(config, ++resolved),
      }),
    },
  }
  await cluster.create(NodeClasses, {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeClass',
    metadata: { name: 'small' },
    spec: { provider: 'simulated', config: { region: 'r1' } },
  })
  const start = (life = mortal()): Running =>
    cluster.start(
      createKubeNode({
        cluster: life.transport(cluster.transport()),
        runtime: life.runtime(runtime),
        log: () => {},
        providers: [noting(life.provider(provider), sent)],
      }),
      life,
    )
  return { cluster, sent, resolved: () => resolved, start }
}
