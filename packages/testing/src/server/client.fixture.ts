import type { Json, KubeRequest, KubeResponse, KubeStream, KubeTransport } from '@kube-node/core/kube'
import { at } from './objects/index.ts'

type Query = Readonly<Record<string, string>>

/** Short words for stories about the server. Bodies are typed loosely: expectations say what they hold. */
export interface TestClient {
  get(path: string, query?: Query, headers?: Query): Promise<KubeResponse>
  post(path: string, body: unknown, query?: Query): Promise<KubeResponse>
  put(path: string, body: unknown, query?: Query): Promise<KubeResponse>
  /** A merge patch, or another type. */
  patch(path: string, body: unknown, type?: 'json' | 'merge' | 'strategic' | 'apply', query?: Query): Promise<KubeResponse>
  delete(path: string, body?: unknown, query?: Query): Promise<KubeResponse>
  watch(path: string, query?: Query, signal?: AbortSignal): Promise<KubeStream>
  /** Names in a list, in its order. */
  names(list: Json): readonly string[]
}

const contentTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

export const clientOf = (transport: KubeTransport): TestClient => {
  const ask = (
    method: KubeRequest['method'],
    path: string,
    rest: { query?: Query | undefined; headers?: Query; body?: unknown },
  ): Promise<KubeResponse> =>
    transport.request({
      method,
      path,
      signal: new AbortController().signal,
      ...(rest.query === undefined ? {} : { query: rest.query }),
      ...(rest.headers === undefined ? {} : { headers: rest.headers }),
      ...(rest.body === undefined ? {} : { body: rest.body as Json }), // border: stories write bodies as literals
    })
  return {
    get: (path, query, headers = {}) => ask('GET', path, { query, headers }),
    post: (path, body, query) => ask('POST', path, { query, body }),
    put: (path, body, query) => ask('PUT', path, { query, body }),
    patch: (path, body, type = 'merge', query) => ask('PATCH', path, { query, body, headers: { 'content-type': contentTypes[type] } }),
    delete: (path, body, query) => ask('DELETE', path, { query, body }),
    watch: (path, query = {}, signal = new AbortController().signal) => transport.watch({ method: 'GET', path, query, signal }),
    names: list => {
      const items = at(list, 'items')
      return Array.isArray(items) ? items.map(item => String(at(item, 'metadata', 'name'))) : []
    },
  }
}

/** Serves `widgets.example.test`: cluster-scoped, with status and scale. */
export const widgets = async (api: TestClient): Promise<void> => {
  await api.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.test' },
    spec: {
      group: 'example.test',
      scope: 'Cluster',
      names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: {
            status: {},
            scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size', labelSelectorPath: '.status.selector' },
          },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', properties: { size: { type: 'integer', minimum: 0 }, color: { type: 'string', default: 'red' } } },
                status: {
                  type: 'object',
                  properties: { size: { type: 'integer' }, ready: { type: 'boolean' }, selector: { type: 'string' } },
                },
              },
            },
          },
        },
      ],
    },
  })
}
