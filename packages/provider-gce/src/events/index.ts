export { type UpcomingMaintenance, maintenanceOf } from './maintenance.ts'
export { type Patience, type Sight, interruptionsFrom } from './poll.ts'
