import { type Node, annotations } from '../api/index.ts'
import { isObject } from './isObject.ts'
import { goodRecord } from './record.ts'

/** That a cloud will take a machine away, as it stands on the machine's Node. */
export interface AnnouncedEnd {
  /** Of the machine: what was said of the one before is not true of the next one of the same claim. */
  readonly id: string
  /** In words. */
  readonly reason: string
  /** RFC 3339; absent where the cloud only advises to replace it. */
  readonly at?: string
}

export const formatAnnouncedEnd = ({ id, reason, at }: AnnouncedEnd): string =>
  JSON.stringify({ id, reason, ...(at !== undefined && { at }) })

/** Undefined where nothing is announced of the machine that the Node has now, and where what is written makes no sense. */
export const announcedEnd = (node: Node): AnnouncedEnd | undefined => {
  const written = parse(node.metadata?.annotations?.[annotations.interruption])
  return written !== undefined && written.id === goodRecord(node)?.id ? written : undefined
}

const parse = (text: string | undefined): AnnouncedEnd | undefined => {
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  if (!isObject(value)) return undefined
  const { id, reason, at } = value
  if (typeof id !== 'string' || typeof reason !== 'string') return undefined
  if (at === undefined) return { id, reason }
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? { id, reason, at } : undefined
}
