export { type Answer, type HandledRequest, type Handler, type RequestRecord, createHandler } from './handler.ts'
