import { type CreateRequest, type MachineProvider, ProviderError, defineProvider } from '@kube-node/core/provider'
import { type Server, brookApi } from './api.ts'
import { type BrookConfig, config, credentials } from './config.ts'
import { labelsOf, machineOf } from './machine.ts'

export interface BrookOptions {
  /** Where the API is. Default: Brook's own address. */
  readonly url?: string
}

const maxUserData = 32_768

/** Machines of Brook Cloud: `createKubeNode({ cluster, providers: [brook()] })`. */
export const brook = ({ url = 'https://api.brook.example' }: BrookOptions = {}): MachineProvider =>
  defineProvider({
    name: 'brook',
    config,
    credentials,
    connection: ['location'],
    idempotency: 'token',
    bootstrap: 'user-data',
    consistencyWindow: '5s',
    maxUserData,

    connect({ config: { location }, credentials: { token }, cluster }) {
      const api = brookApi({ url, token })
      return {
        async create(request, call) {
          const { server } = await api<{ server: Server }>(
            {
              method: 'POST',
              path: '/v1/servers',
              // The same key is the same server, however often and from wherever we ask.
              headers: { 'idempotency-key': request.token },
              body: wanted(request),
            },
            call,
          )
          return machineOf(server)
        },

        async *list(call) {
          let path: string | undefined = `/v1/servers?location=${location}&label=kube-node-cluster:${cluster}`
          while (path !== undefined) {
            const page: { servers: readonly Server[]; next?: string } = await api({ method: 'GET', path }, call)
            yield { items: page.servers.map(machineOf) }
            path = page.next
          }
        },

        async delete({ id }, call) {
          await api({ method: 'DELETE', path: `/v1/servers/${id}` }, call)
        },

        async get({ id }, call) {
          try {
            const { server } = await api<{ server: Server }>({ method: 'GET', path: `/v1/servers/${id}` }, call)
            return machineOf(server)
          } catch (error) {
            if (ProviderError.is(error) && error.code === 'NotFound') return undefined
            throw error
          }
        },

        // fetch keeps nothing that is ours to close.
        async [Symbol.asyncDispose]() {},
      }
    },
  })

const wanted = ({ name, owner, config: { location, type, image }, bootstrap }: CreateRequest<BrookConfig>): unknown => {
  const bytes = bootstrap.kind === 'user-data' ? bootstrap.bytes : undefined
  if (bytes && bytes.length > maxUserData) {
    throw new ProviderError('InvalidConfig', `Brook takes ${maxUserData} bytes of user data, these are ${bytes.length}`)
  }
  return { name, location, type, image, labels: labelsOf(owner), ...(bytes && { user_data: Buffer.from(bytes).toString('base64') }) }
}
