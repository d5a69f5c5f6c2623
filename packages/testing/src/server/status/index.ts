export { Failure, type StatusDetails } from './failure.ts'
export {
  type Subject, alreadyExists, badRequest, conflict, expired, forbidden, forbiddenField, internal, invalid, invalidValue, methodNotAllowed,
  modified, notAcceptable, notFound, nothingHere, requiredField, subjectOf, tooLargeResourceVersion, tooManyRequests, unsupportedMediaType,
  unsupportedValue,
} from './failures.ts'
