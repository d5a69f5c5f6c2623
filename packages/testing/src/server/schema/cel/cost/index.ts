export { type Declared, declaredOf, requestBytes } from './declared.ts'
export { estimateCost } from './estimate.ts'
