import { sep } from 'node:path'

/** Where a file stands in the house. */
export interface Place {
  readonly folder: string
  /** The folder under src, or '' for a file of src itself. */
  readonly room: string
  /** The path inside the room. */
  readonly rest: string
}

/** Absent for files that are in no package's src. */
export const placeOf = (filename: string): Place | undefined => {
  const match = /\/packages\/([^/]+)\/src\/(?:([^/]+)\/)?([^]*)$/.exec(filename.split(sep).join('/'))
  return match ? { folder: match[1] ?? '', room: match[2] ?? '', rest: match[3] ?? '' } : undefined
}
