import fc from 'fast-check'
import type { Actor } from '../script.ts'
import { oneOf } from './chance.ts'

const ann: Actor = { user: '{id}-ann' }

/** Who acts: mostly somebody of the script's own whom a role lets do some things, now and then others, and people who act as others. */
export const actors: fc.Arbitrary<Actor> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(ann) },
  { weight: 2, arbitrary: fc.constant<Actor>({ user: '{id}-ann', groups: ['{id}-crew'] }) },
  { weight: 2, arbitrary: fc.constant<Actor>({ user: 'system:serviceaccount:{id}-x:default' }) },
  { weight: 3, arbitrary: fc.constant<Actor>({ by: 'developer' }) },
  {
    weight: 3,
    arbitrary: oneOf<Actor>(
      { user: '{id}-bob' },
      { user: '{id}-bob', groups: ['{id}-crew', 'system:authenticated'] },
      { user: '{id}-bob', groups: ['system:masters'] },
      { user: '{id}-bob', uid: 'b-1', extra: { 'example.test/Why': ['because', 'so'] } },
      { user: 'system:anonymous' },
      { user: 'system:serviceaccount:{id}-y:other', groups: ['{id}-crew'] },
      { by: 'stranger' },
      { by: 'anonymous' },
      { by: 'nobody' },
    ),
  },
  {
    weight: 2,
    arbitrary: oneOf<Actor>(
      { by: 'developer', user: '{id}-ann' },
      { by: 'developer', user: '{id}-ann', groups: ['{id}-crew'] },
      { by: 'developer', user: '{id}-bob' },
      { by: 'developer', user: 'system:serviceaccount:{id}-x:default' },
      { by: 'developer', user: 'system:serviceaccount:{id}-y:default' },
      { by: 'developer', user: '{id}-ann', uid: '{id}-1' },
      { by: 'developer', user: '{id}-ann', extra: { scope: ['{id}-view'] } },
      { by: 'developer', groups: ['{id}-crew'] },
      { by: 'stranger', user: '{id}-ann' },
      { by: 'stranger', user: 'system:serviceaccount:{id}-x:default' },
      { by: 'stranger', user: 'system:node:{id}-a' },
      { groups: ['{id}-crew'] },
    ),
  },
)
