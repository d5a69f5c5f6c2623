export { printManifests } from './manifests.ts'
