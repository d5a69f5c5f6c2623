export { type Shape, shapeOf } from './accept.ts'
export { type RenderOptions, eventRenderer, render } from './render.ts'
