// node raw.ts N: what the API server itself takes for N nodes. 32 workers make them, post each one's status once, and delete them, with no
// limit of their own, and read no answer further than its status. Prints {"upSeconds", "downSeconds"}.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import process from 'node:process'
import { nodeStatus } from './status.ts'

const [, , count = ''] = process.argv
const n = Number(count)
const workers = 32
const server = process.env['BENCH_SERVER'] ?? ''
const agent = new Agent({ keepAlive: true, maxSockets: workers, ca: readFileSync(process.env['BENCH_CA'] ?? '') })
const headers = { authorization: `Bearer ${process.env['BENCH_TOKEN'] ?? ''}`, 'user-agent': 'bench-raw' }

const send = (method: string, path: string, type: string, body: string | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const content = body === undefined ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) }
    const sent = request(new URL(path, server), { method, agent, headers: { ...headers, ...content } }, response => {
      response.resume()
      response.once('end', () => {
        if ((response.statusCode ?? 0) < 300) resolve()
        else reject(new Error(`${method} ${path}: ${response.statusCode}`))
      })
      response.once('error', reject)
    })
    sent.once('error', reject)
    sent.end(body)
  })

const each = async (work: (name: string) => Promise<void>): Promise<number> => {
  const began = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < n) await work(`raw-${(next += 1)}`)
  }
  await Promise.all(Array.from({ length: workers }, worker))
  return (performance.now() - began) / 1_000
}

const upSeconds = await each(async name => {
  await send('POST', '/api/v1/nodes', 'application/json', JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name } }))
  const body = JSON.stringify({ status: nodeStatus(name, '10.0.0.1', Date.now()) })
  await send('PATCH', `/api/v1/nodes/${name}/status`, 'application/strategic-merge-patch+json', body)
})
const downSeconds = await each(name => send('DELETE', `/api/v1/nodes/${name}`, '', undefined))
agent.destroy()
process.stdout.write(`${JSON.stringify({ upSeconds, downSeconds })}\n`)
