import type { IncomingMessage } from 'node:http'
import { parse } from 'yaml'
import { deepFreeze } from '../objects/index.ts'
import { Failure, badRequest, unsupportedMediaType } from '../status/index.ts'

/** etcd's limit with room to spare, as kube-apiserver has it. */
const longestBody = 3 * 1024 * 1024

const jsonTypes = new Set([
  '', 'application/json', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json',
])
const yamlTypes = new Set(['application/yaml', 'application/apply-patch+yaml'])

/** @throws Failure 413 when it is too long. */
export const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    // Border: without an encoding set, node's streams give Buffers.
    const bytes = chunk as Buffer
    length += bytes.length
    if (length > longestBody) throw new Failure(413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728', {})
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * The body as frozen JSON; undefined where there is none.
 * @throws Failure 400 for text that does not parse, 415 for a type that this server does not read.
 */
export const parseBody = (method: string, text: string, contentType: string): unknown => {
  if (text === '') return undefined
  const type = contentType.split(';')[0]?.trim() ?? ''
  const isYaml = yamlTypes.has(type)
  // What is no type of a patch is for the verb to refuse: it knows which patches the kind takes.
  if (!isYaml && !jsonTypes.has(type) && method !== 'PATCH') {
    throw unsupportedMediaType(['application/json', 'application/yaml'])
  }
  try {
    return deepFreeze<unknown>(isYaml ? parse(text) : JSON.parse(text))
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`)
  }
}
