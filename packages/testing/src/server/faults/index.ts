export { type FaultBook, faultBook } from './book.ts'
export { type Door, faultyDoor } from './door.ts'
export type { Fault, FaultMatch, Faults } from './fault.ts'
