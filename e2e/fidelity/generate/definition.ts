import fc from 'fast-check'
import { keyOf } from '../memory.ts'
import type { Fields, Step, Target, Value } from '../script.ts'
import { type GadgetVersion, gadgetDefinition, gizmoDefinition, versionedGadget } from '../widget.ts'
import { oneOf } from './chance.ts'

export const definition: Target = { resource: 'customresourcedefinitions', name: 'gadgets.{id}.example.test' }

const names = oneOf<Fields>(
  {},
  { shortNames: ['gd'] },
  { shortNames: ['gd', 'gad'], categories: ['toys'] },
  { categories: ['all', 'toys'] },
  { singular: 'thing' },
)

/** Two served versions, or one of them, or three of which discovery has its own order. Objects are stored in any. */
const versions: fc.Arbitrary<readonly GadgetVersion[]> = fc
  .tuple(
    oneOf(['v1', 'v2'], ['v2', 'v1'], ['v1', 'v2'], ['v1beta1', 'v2', 'v1']),
    fc.nat(2),
    fc.array(oneOf(true, true, true, false), { minLength: 3, maxLength: 3 }),
    fc.nat(7),
  )
  .map(([given, stored, served, knowing]) =>
    given.map((name, i) => ({
      name,
      served: served[i] ?? true,
      storage: i === stored % given.length,
      extra: Math.floor(knowing / 2 ** i) % 2 === 1,
    })),
  )

const definitions: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(oneOf(10, 40), fc.boolean()).map(([maximum, extra]) => gadgetDefinition(maximum, extra)) },
  { weight: 1, arbitrary: fc.tuple(versions, names).map(([given, more]) => versionedGadget(given, more)) },
)

export const definitionSteps: fc.Arbitrary<Step> = fc.tuple(definitions, fc.nat(5)).map(([wanted, dice]): Step => {
  if (dice < 2) return { do: 'request', method: 'POST', resource: 'customresourcedefinitions', body: wanted }
  if (dice === 2) {
    const body: Value = { $edit: keyOf(definition), back: 0, merge: { spec: wanted['spec'] ?? null }, or: wanted }
    return { do: 'request', method: 'PUT', ...definition, body }
  }
  // An update knows the version of before the definition was established, most often: a patch takes what is there.
  if (dice === 3) return { do: 'request', method: 'PATCH', ...definition, body: { spec: wanted['spec'] ?? null } }
  return { do: 'request', method: 'GET', ...definition }
})

const second: Target = { resource: 'customresourcedefinitions', name: 'gizmos.{id}.example.test' }

/** Its own names, and those that the first definition has, or may ask for. */
const secondNames = oneOf<Fields>(
  {},
  { kind: 'Gadget' },
  { kind: 'GadgetList' },
  { listKind: 'GadgetList' },
  { singular: 'gadget' },
  { singular: 'thing', shortNames: ['gi'] },
  { shortNames: ['gd'], categories: ['toys'] },
  { shortNames: ['gi', 'gad', 'gd'] },
  { shortNames: ['gizmo', 'gadgets'] },
)

/** Names of the first, as far as they may change. */
const firstNames = oneOf<Fields>(
  { shortNames: ['gd'] },
  { shortNames: ['gi', 'gad'] },
  { shortNames: null },
  { singular: 'gizmo' },
  { singular: 'gadget', listKind: 'GadgetList' },
  { listKind: 'GizmoList' },
)

/** A second definition in the group, and names that both want. */
export const clashes: fc.Arbitrary<Step> = fc.tuple(secondNames, firstNames, fc.nat(9)).map(([names, others, dice]): Step => {
  if (dice < 4) return { do: 'request', method: 'POST', resource: 'customresourcedefinitions', body: gizmoDefinition(names) }
  if (dice < 6) return { do: 'request', method: 'PATCH', ...second, body: { spec: { names } } }
  if (dice === 6) return { do: 'request', method: 'PATCH', ...definition, body: { spec: { names: others } } }
  if (dice === 7) return { do: 'request', method: 'DELETE', ...(names['kind'] === undefined ? second : definition) }
  return { do: 'request', method: 'GET', ...(dice === 8 ? definition : second) }
})

/** Discovery, group by group and all of it at once. */
export const discoverySteps: fc.Arbitrary<Step> = oneOf<Partial<Step> & Target>(
  { resource: 'apis' },
  { resource: 'apis', accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
  { resource: 'discovery' },
  { resource: 'discovery', sub: 'v1' },
  { resource: 'discovery', sub: 'v2' },
).map((book): Step => ({ do: 'request', method: 'GET', ...book }) as Step)
