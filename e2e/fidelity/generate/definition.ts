import fc from 'fast-check'
import { keyOf } from '../memory.ts'
import type { Step, Target } from '../script.ts'
import { gadgetDefinition } from '../widget.ts'
import { oneOf } from './chance.ts'

export const definition: Target = { resource: 'customresourcedefinitions', name: 'gadgets.{id}.example.test' }

export const definitionSteps: fc.Arbitrary<Step> = fc.tuple(oneOf(10, 40), fc.boolean(), fc.nat(5)).map(([maximum, extra, dice]): Step => {
  const wanted = gadgetDefinition(maximum, extra)
  if (dice < 2) return { do: 'request', method: 'POST', resource: 'customresourcedefinitions', body: wanted }
  if (dice < 4)
    return {
      do: 'request',
      method: 'PUT',
      ...definition,
      body: { $edit: keyOf(definition), back: 0, merge: { spec: wanted['spec'] ?? null }, or: wanted },
    }
  return { do: 'request', method: 'GET', ...definition }
})
