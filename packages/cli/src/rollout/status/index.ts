export { type RolloutStatusOptions, rolloutStatus } from './status.ts'
