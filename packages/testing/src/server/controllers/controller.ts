import type { Change, ResourceName } from '../storage/index.ts'

/** A part of the server that works on its own after others' writes. */
export interface Controller {
  /** Called with every write, within it: only notes. */
  note(resource: ResourceName, change: Change): void
  close(): void
}
