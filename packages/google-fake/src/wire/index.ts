export { type Answer, invalid, notFound, ok, refused, unreachable } from './answer.ts'
export { type Faults, type Instead, type Mishap, createFaults } from './faults.ts'
export { type Json, type Request, asJson, asText, asTexts, readRequest } from './request.ts'
