export { importDefinition } from './controller.ts'
