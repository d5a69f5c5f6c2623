export { type AdoptOptions, adopt } from './adopt.ts'
