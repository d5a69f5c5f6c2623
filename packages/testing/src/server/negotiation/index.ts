export { type IncludeObject, type Shape, checkPlain, includeObjectOf, isAggregated, shapeOf } from './accept.ts'
export { type RenderOptions, eventRenderer, render } from './render.ts'
