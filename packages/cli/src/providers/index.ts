export { loadProviders } from './load.ts'
