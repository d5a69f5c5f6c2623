import { type Client, type Json, createClient } from '../kube/index.ts'
import { manualRuntime } from '../runtime/index.ts'

export interface Cluster {
  readonly client: Client
  /** Paths that were asked for, in order. */
  readonly asked: string[]
}

/** A cluster that holds these objects, by path, and refuses to show those that are `'forbidden'`. */
export const clusterWith = (objects: Readonly<Record<string, Json>>): Cluster => {
  const asked: string[] = []
  const client = createClient({
    clock: manualRuntime().clock,
    transport: {
      async request({ path }) {
        asked.push(path)
        const object = objects[path]
        if (object === 'forbidden') return { status: 403, headers: {}, body: { kind: 'Status', reason: 'Forbidden', message: 'no' } }
        if (object !== undefined) return { status: 200, headers: {}, body: object }
        const [name = '', kind = ''] = path.split('/').reverse()
        return { status: 404, headers: {}, body: { kind: 'Status', reason: 'NotFound', code: 404, details: { name, kind } } }
      },
      watch() {
        throw new Error('nobody watches here')
      },
      async [Symbol.asyncDispose]() {},
    },
  })
  return { client, asked }
}
