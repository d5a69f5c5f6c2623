export { main } from './program.ts'
export type { Host, Output } from './terminal/index.ts'
