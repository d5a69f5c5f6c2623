import { describe, expect, test } from 'vitest'
import { compare } from './compare.ts'
import type { Seen } from './normalise.ts'
import type { Script } from './script.ts'

const script: Script = { steps: [{ do: 'request', method: 'PATCH', resource: 'customresourcedefinitions', name: 'gadgets', body: {} }] }

const refused = (...fields: readonly string[]): readonly Seen[] => [
  {
    status: 422,
    body: {
      kind: 'Status',
      message: `CustomResourceDefinition "gadgets" is invalid: [${fields.map(field => `${field}: Required value`).join(', ')}]`,
      details: { causes: fields.map(field => ({ reason: 'FieldValueRequired', message: 'Required value', field })) },
    },
  },
]

describe('The order of what is wrong', () => {
  const properties = 'spec.versions[0].schema.openAPIV3Schema.properties'
  const maps = [
    { what: 'stored versions', one: 'status.storedVersions[0]', other: 'status.storedVersions[1]' },
    { what: 'properties of a schema', one: `${properties}[a].type`, other: `${properties}[b].type` },
    { what: 'labels', one: 'metadata.labels', other: 'metadata.annotations' },
  ]

  test.each(maps)('is chance among $what: any will do', ({ one, other }) => {
    expect(compare(script, refused(one, other), refused(other, one))).toBeUndefined()
  })

  test.each(maps)('is compared where one of $what is among other things', ({ one }) => {
    expect(compare(script, refused(one, 'spec.scope'), refused('spec.scope', one))).toMatchObject({ step: 0 })
  })

  test('excuses nothing that is missing', () => {
    const [one, other] = ['status.storedVersions[0]', 'status.storedVersions[1]']
    expect(compare(script, refused(one, other), refused(other, other))).toMatchObject({ step: 0 })
  })
})
