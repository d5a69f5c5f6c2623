import type { IncomingMessage } from 'node:http'
import { parse } from 'yaml'
import { deepFreeze } from '../objects/index.ts'
import { decodeProtobuf, protobufType } from './protobuf.ts'
import { Failure, badRequest, unsupportedMediaType } from '../status/index.ts'

/** etcd's limit with room to spare, as kube-apiserver has it. */
const longestBody = 3 * 1024 * 1024

const jsonTypes = new Set([
  '',
  'application/json',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
])
const yamlTypes = new Set(['application/yaml', 'application/apply-patch+yaml'])

/** @throws Failure 413 when it is too long. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    // Border: without an encoding set, node's streams give Buffers.
    const bytes = chunk as Buffer
    length += bytes.length
    if (length > longestBody) throw new Failure(413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728', {})
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/**
 * The body as frozen JSON; undefined where there is none.
 * @throws Failure 400 for text that does not parse, 415 for a type that this server does not read.
 */
export const parseBody = (method: string, bytes: Buffer, contentType: string): unknown => {
  if (bytes.length === 0 || method === 'GET') return undefined
  const type = contentType.split(';')[0]?.trim() ?? ''
  const isYaml = yamlTypes.has(type)
  // What is no type of a patch is for the verb to refuse: it knows which patches the kind takes.
  if (!isYaml && !jsonTypes.has(type) && method !== 'PATCH') {
    if (type !== protobufType) throw unsupportedMediaType(['application/json', 'application/yaml', protobufType])
    return fromProtobuf(bytes)
  }
  try {
    const text = bytes.toString('utf8')
    return deepFreeze<unknown>(isYaml ? parse(text) : JSON.parse(text))
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: couldn't get version/kind; json parse error: ${messageOf(error)}`)
  }
}

const fromProtobuf = (bytes: Buffer): unknown => {
  try {
    return deepFreeze<unknown>(decodeProtobuf(bytes))
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: ${messageOf(error)}`)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
