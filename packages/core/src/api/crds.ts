import type { CustomResourceDefinition, CustomResourceVersion } from './builtin.ts'
import { group, version } from './keys.ts'
import type { AnyResource } from './object.ts'
import { NodeClasses } from './nodeclass.ts'
import { NodeSets } from './nodeset.ts'
import { type Rule, type StructuralSchema, validations } from './schema/extensions.ts'
import { nodeClassSchema } from './schema/nodeclass.ts'
import { nodeSetSchema } from './schema/nodeset.ts'

interface Description {
  readonly resource: AnyResource
  readonly shortName: string
  readonly description: string
  readonly schema: { readonly spec: StructuralSchema; readonly status: StructuralSchema }
  readonly rules: readonly Rule[]
  readonly columns: NonNullable<CustomResourceVersion['additionalPrinterColumns']>
  readonly scale?: NonNullable<CustomResourceVersion['subresources']>['scale']
}

const crd = ({ resource, shortName, description, schema, rules, columns, scale }: Description): CustomResourceDefinition => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${resource.plural}.${resource.group}` },
  spec: {
    group: resource.group,
    scope: 'Cluster',
    names: {
      kind: resource.kind,
      listKind: `${resource.kind}List`,
      plural: resource.plural,
      singular: resource.kind.toLowerCase(),
      shortNames: [shortName],
      categories: ['kube-node'],
    },
    versions: [
      {
        name: resource.version,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            description,
            type: 'object',
            required: ['spec'],
            properties: {
              apiVersion: { description: `${group}/${version}`, type: 'string' },
              kind: { description: resource.kind, type: 'string' },
              metadata: { type: 'object' },
              ...schema,
            },
            ...validations(...rules),
          },
        },
        subresources: { status: {}, ...(scale && { scale }) },
        additionalPrinterColumns: columns,
      },
    ],
  },
})

const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' } as const

/** CustomResourceDefinitions of NodeClass and NodeSet: the same objects, in the same order, at every call. */
export const crds = (): readonly CustomResourceDefinition[] => [
  crd({
    resource: NodeClasses,
    shortName: 'nc',
    description: 'Which machines an administrator offers, and how they join as nodes.',
    schema: nodeClassSchema(),
    rules: [
      {
        rule: 'self.metadata.name.size() <= 63',
        message: 'the name must have at most 63 characters: it is the value of a label on each Node',
      },
    ],
    columns: [
      { name: 'Provider', type: 'string', description: 'Who makes the machines', jsonPath: '.spec.provider' },
      {
        name: 'Ready',
        type: 'string',
        description: 'Can machines of this class be made?',
        jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      },
      { name: 'Nodes', type: 'integer', description: 'Nodes of this class', jsonPath: '.status.nodes' },
      {
        name: 'Reason',
        type: 'string',
        description: 'Why it is ready or not',
        priority: 1,
        jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      },
      {
        name: 'Message',
        type: 'string',
        description: 'The same in words',
        priority: 1,
        jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      },
      { name: 'Controller', type: 'string', description: 'Which manager serves it', priority: 1, jsonPath: '.spec.controller' },
      age,
    ],
  }),
  crd({
    resource: NodeSets,
    shortName: 'nset',
    description: 'A number of Nodes of one class, kept alive.',
    schema: nodeSetSchema(),
    rules: [
      // Names of its Nodes are the set's and six characters more; a host's name has 63.
      {
        rule: 'self.metadata.name.size() <= 57',
        message: 'the name must have at most 57 characters: the names of its Nodes begin with it',
      },
    ],
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
    columns: [
      { name: 'Desired', type: 'integer', description: 'Nodes that there shall be', jsonPath: '.spec.replicas' },
      { name: 'Nodes', type: 'integer', description: 'Nodes that there are', jsonPath: '.status.replicas' },
      { name: 'Ready', type: 'integer', description: 'Nodes that are Ready', jsonPath: '.status.readyReplicas' },
      {
        name: 'Available',
        type: 'integer',
        description: 'Nodes that have been Ready for long enough',
        jsonPath: '.status.availableReplicas',
      },
      { name: 'Updated', type: 'integer', description: 'Nodes of the newest revision', jsonPath: '.status.updatedReplicas' },
      { name: 'Class', type: 'string', description: 'Class of the Nodes', jsonPath: '.spec.nodeClassName' },
      { name: 'Revision', type: 'string', description: 'The newest revision', priority: 1, jsonPath: '.status.updateRevision' },
      {
        name: 'Degraded',
        type: 'string',
        description: 'What is wrong, if anything',
        priority: 1,
        jsonPath: '.status.conditions[?(@.type=="Degraded")].reason',
      },
      age,
    ],
  }),
]
