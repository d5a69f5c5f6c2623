export { type ThawOptions, thaw } from './thaw.ts'
