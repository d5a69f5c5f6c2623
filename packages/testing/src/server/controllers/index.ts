export { type CustomResources, customResources } from './custom-resources.ts'
