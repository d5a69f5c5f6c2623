import { creations } from './creations.fixture.ts'
import { declarations } from './declarations.fixture.ts'
import { errors } from './errors.fixture.ts'
import type { BrokenGroups } from './groups.fixture.ts'
import { lists } from './lists.fixture.ts'
import { removals } from './removals.fixture.ts'
import { resizes } from './resizes.fixture.ts'

export const brokenGroups: Readonly<Record<string, BrokenGroups>> = {
  ...declarations,
  ...lists,
  ...resizes,
  ...removals,
  ...creations,
  ...errors,
}
