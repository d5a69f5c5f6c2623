export { type Answer, invalid, notFound, ok, refused } from './answer.ts'
export { type Faults, type Instead, type Mishap, createFaults } from './faults.ts'
export { type Json, type Request, asJson, asText, readRequest } from './request.ts'
