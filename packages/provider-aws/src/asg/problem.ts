import type { Activity } from '@aws-sdk/client-auto-scaling'
import { firstLine } from '../aws/index.ts'

/** Pure: why the last launch failed, in AWS's own words; undefined when it did not. @param activities the newest first. */
export const lastFailure = (activities: readonly Activity[]): string | undefined => {
  const last = activities.find(({ Description = '', StatusCode }) => Description.startsWith('Launching') && outcomes.has(StatusCode ?? ''))
  if (!last || last.StatusCode === 'Successful') return undefined
  return firstLine(last.StatusMessage || last.Description || last.Cause || 'a launch failed')
}

const outcomes: ReadonlySet<string> = new Set(['Successful', 'Failed', 'Cancelled'])
