import { type KubeObject, type Resource, resource } from '@kube-node/core'
import type { CustomResourceDefinition } from '@kube-node/core/api'

/** Work that needs machines of its own. Cluster-scoped, as what it owns is. */
export interface Farm extends KubeObject {
  readonly spec: {
    /** How many machines. */
    readonly nodes: number
    /** The NodeClass that they are of. */
    readonly nodeClassName: string
  }
  readonly status?: {
    /** Machines that are ready for it. */
    readonly nodes: number
    readonly ready: boolean
  }
}

export const Farms: Resource<Farm> = resource<Farm>({
  group: 'example.com',
  version: 'v1',
  kind: 'Farm',
  plural: 'farms',
  namespaced: false,
})

export const farmCrd: CustomResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'farms.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { kind: 'Farm', listKind: 'FarmList', plural: 'farms', singular: 'farm' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Nodes', type: 'integer', jsonPath: '.spec.nodes' },
          { name: 'Ready', type: 'boolean', jsonPath: '.status.ready' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['nodes', 'nodeClassName'],
                properties: { nodes: { type: 'integer', minimum: 0 }, nodeClassName: { type: 'string' } },
              },
              status: { type: 'object', properties: { nodes: { type: 'integer' }, ready: { type: 'boolean' } } },
            },
          },
        },
      },
    ],
  },
}
