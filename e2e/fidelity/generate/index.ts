import fc from 'fast-check'
import type { Script } from '../script.ts'
import { definitionScripts, scripts, wrongDefinitionScripts } from './scripts.ts'
import { userScripts } from './users.ts'

export { controllerScripts } from './controllers.ts'
export { definitionScripts, scripts, wrongDefinitionScripts } from './scripts.ts'
export { userScripts } from './users.ts'

/** Mostly short scripts, some long ones, some by users with few rights, some about a custom kind's own life. */
export const mix: fc.Arbitrary<Script> = fc.oneof(
  { weight: 24, arbitrary: scripts(30) },
  { weight: 1, arbitrary: scripts(200) },
  { weight: 4, arbitrary: userScripts(30) },
  { weight: 1, arbitrary: definitionScripts(12) },
  { weight: 1, arbitrary: wrongDefinitionScripts(30) },
)
