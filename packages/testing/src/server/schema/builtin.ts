import type { ResourceDefinition } from './definition.ts'

/** The built-in kinds that a world of nodes needs. */
export const builtinDefinitions = (): readonly ResourceDefinition[] => []
