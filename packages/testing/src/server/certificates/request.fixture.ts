import { generateKeyPairSync } from 'node:crypto'
import { type KeyPair, type RequestStory, certificateRequest } from './compose.ts'

export const keyPair = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** With a key of its own, unless one is given. */
export const requestOf = (story: RequestStory, keys: KeyPair = keyPair()): string => certificateRequest(story, keys)
