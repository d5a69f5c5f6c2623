import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

// Below what Linux (32768) and macOS (49152) hand out for outgoing connections: nobody's connection can sit on the port
// between this check and the server's start, or while the API server is down for an outage test.
const LOWEST = 18_000
const HIGHEST = 32_000

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const failed = once(server, 'error').then(() => false)
  const listening = once(server, 'listening').then(() => true)
  server.listen({ port, host: '127.0.0.1', exclusive: true })
  const free = await Promise.race([listening, failed])
  if (free) {
    server.close()
    await once(server, 'close')
  }
  return free
}

/** A TCP port on 127.0.0.1 on which nothing listens, and which no outgoing connection gets by chance. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port found between ${LOWEST} and ${HIGHEST}`)
}
