export { type IncludeObject, type Shape, includeObjectOf, shapeOf } from './accept.ts'
export { type RenderOptions, eventRenderer, render } from './render.ts'
