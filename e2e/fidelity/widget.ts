import type { Fields } from './script.ts'

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 0, maximum: 10 },
        color: { type: 'string', enum: ['red', 'green', 'blue'], default: 'red' },
        label: { type: 'string', maxLength: 8, pattern: '^[a-z]*$', nullable: true },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set', maxItems: 3 },
        parts: {
          type: 'array',
          maxItems: 4,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string', maxLength: 16 }, count: { type: 'integer', default: 1 } },
          },
        },
        atoms: { type: 'array', maxItems: 4, items: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } } } },
        point: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { x: { type: 'integer' }, y: { type: 'integer' } } },
        ports: {
          type: 'array',
          maxItems: 4,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['number', 'protocol'],
          items: {
            type: 'object',
            required: ['number', 'protocol'],
            properties: {
              number: { type: 'integer' },
              protocol: { type: 'string', default: 'TCP' },
              name: { type: 'string' },
              tags: { type: 'array', items: { type: 'string', maxLength: 4 }, 'x-kubernetes-list-type': 'set', maxItems: 3 },
            },
          },
        },
        limits: { type: 'object', additionalProperties: { type: 'integer' } },
        port: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        fixed: {
          type: 'string',
          maxLength: 16,
          'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'fixed can not be changed' }],
        },
        when: { type: 'string', format: 'date-time' },
        nested: {
          type: 'object',
          default: {},
          properties: { on: { type: 'boolean', default: true }, depth: { type: 'number', exclusiveMinimum: true, minimum: 0 } },
        },
      },
      'x-kubernetes-validations': [
        { rule: "self.color != 'blue' || self.size > 2", message: 'blue ones are big', fieldPath: '.color', reason: 'FieldValueInvalid' },
        {
          rule: '!has(oldSelf.size) || self.size >= oldSelf.size - 2',
          messageExpression: "self.size == 0 ? 'shrinks to nothing' : 'shrinks too fast'",
        },
      ],
    },
    status: {
      type: 'object',
      properties: { replicas: { type: 'integer' }, selector: { type: 'string' }, phase: { type: 'string', enum: ['New', 'Old'] } },
    },
  },
}

const version = (name: string, openAPIV3Schema: unknown) => ({
  name,
  served: true,
  storage: true,
  schema: { openAPIV3Schema },
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
  },
  additionalPrinterColumns: [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Color', type: 'string', jsonPath: '.spec.color', priority: 1 },
  ],
})

const definition = (group: string, plural: string, kind: string, openAPIV3Schema: unknown): Fields => {
  const names = { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` }
  const spec = { group, scope: 'Namespaced', names, versions: [version('v1', openAPIV3Schema)] }
  // Border: literals above are JSON.
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec,
  } as unknown as Fields
}

/** A custom kind with something of everything: defaults, pruning, list types, rules over one state and over two. Served from the start. */
export const widgetDefinition: Fields = definition('fidelity.example.test', 'widgets', 'Widget', schema)

const gadgetSchema = (maximum: number, extra: boolean): unknown => ({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer', maximum },
        ...(extra ? { extra: { type: 'string', default: 'more' } } : {}),
      },
    },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
})

/** The definition of a script's own kind: with or without the extra field, and with a bound that may move. */
export const gadgetDefinition = (maximum: number, extra: boolean): Fields =>
  definition('{id}.example.test', 'gadgets', 'Gadget', gadgetSchema(maximum, extra))

/** Another kind in the same group, which may ask for names of the first. */
export const gizmoDefinition = (names: Fields): Fields => {
  const { spec, ...rest } = definition('{id}.example.test', 'gizmos', 'Gizmo', gadgetSchema(40, true))
  // Border: it is made above.
  const { names: usual, ...others } = spec as { readonly names: Fields }
  return { ...rest, spec: { ...others, names: { ...usual, ...names } } }
}

export interface GadgetVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly extra: boolean
}

/** The same kind in several versions, and under more names. */
export const versionedGadget = (versions: readonly GadgetVersion[], names: Fields): Fields => {
  const { spec, ...rest } = gadgetDefinition(40, false)
  // Border: it is made above.
  const { names: usual, ...others } = spec as { readonly names: Fields }
  const told = versions.map(({ extra, name, ...how }) => ({ ...version(name, gadgetSchema(40, extra)), ...how }))
  return { ...rest, spec: { ...others, names: { ...usual, ...names }, conversion: { strategy: 'None' }, versions: told } } as Fields
}
