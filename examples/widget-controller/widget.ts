import { type KubeObject, type Resource, resource } from '@kube-node/core'
import type { CustomResourceDefinition } from '@kube-node/core/api'

/** A thing of several parts. */
export interface Widget extends KubeObject {
  readonly spec: { readonly parts: number }
  readonly status?: { readonly parts?: number; readonly observedGeneration?: number }
}

/** The kind as a value. Its type rides along: `store(Widgets).get(key)` is a Widget. */
export const Widgets: Resource<Widget> = resource<Widget>({
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
})

export const widgetDefinition: CustomResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Desired', type: 'integer', jsonPath: '.spec.parts' },
          { name: 'Parts', type: 'integer', jsonPath: '.status.parts' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: { type: 'object', required: ['parts'], properties: { parts: { type: 'integer', minimum: 0, maximum: 100 } } },
              status: { type: 'object', properties: { parts: { type: 'integer' }, observedGeneration: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
}
