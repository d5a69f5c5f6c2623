export { type Answer, type HandledRequest, type Handler, type RequestRecord, type ServedStream, asked, createHandler } from './handler.ts'
