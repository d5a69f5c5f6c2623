export { type InterruptionQueue, interruptionsFrom, queueAt } from './queue.ts'
