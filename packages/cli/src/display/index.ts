export { type DisplayOptions, runDisplay } from './display.ts'
export { type Easel, createEasel } from './easel.ts'
