import {
  type Call,
  type Machine,
  type MachineConnection,
  type MachineProvider,
  type OpaqueConfig,
  type Owner,
  type Page,
  ProviderError,
} from '@kube-node/core/provider'
import { provesNothingMade } from '@kube-node/core'
import type { CallOptions, Life } from './life.ts'
import { tokenIn } from './userData.ts'
import type { Weather } from './weather.ts'

export interface CloudPortOptions {
  readonly weather: Weather
  readonly namesLate: boolean
  readonly life: Life
  readonly provider: MachineProvider
  /** Hears of every call as it leaves: `create`, `delete` with the machine's id, or `list`. */
  readonly onCall: (life: Life, operation: string, machine: string | undefined) => void
  /** Hears of lists that could not ask everywhere. */
  readonly onPartial: (life: Life) => void
}

/** Turned away before anybody had looked at it: of such a request the cloud knows nothing. */
const atTheDoor: ReadonlySet<string> = new Set(['RateLimited', 'Busy'])
/** What the contract asks of a refusal that proves that nothing was made. */
const isLastWord = (error: unknown): boolean => ProviderError.is(error) && provesNothingMade(error) && !atTheDoor.has(error.code)

/** A life's way to the cloud. */
export const cloudPort = ({
  weather,
  namesLate,
  life,
  provider: { definition, ...rest },
  onCall,
  onPartial,
}: CloudPortOptions): MachineProvider => {
  const neverAborted = new AbortController().signal

  const call = <T>(credential: string, label: string, { signal, ...given }: Call, apply: (call: Call) => Promise<T>): Promise<T> => {
    const [operation = '', machine] = label.split(' ')
    // Careless providers quote what they sent.
    const message = `${label}: connection to https://cloud.example/?token=${credential} was reset`
    const options: CallOptions<T> = {
      label: `cloud ${label}`,
      apply: () => apply({ ...given, signal: neverAborted }),
      rates: operation === 'account' && namesLate ? { ...weather.cloud, late: 0.6 } : weather.cloud,
      cutUntil: weather.cutFromCloud.get(life.slot),
      repeatable: operation !== 'list',
      ...(operation === 'create' && { isFinal: isLastWord }),
      signal,
      // Any throw counts as outcome unknown, one that is no ProviderError too.
      broken: () => (message.length % 2 === 0 ? new ProviderError('Unavailable', message) : new Error(message)),
      aborted: reason => reason,
    }
    onCall(life, operation, operation === 'delete' ? machine : undefined)
    return life.call(options)
  }

  const connection = (inner: MachineConnection<OpaqueConfig>, credential: string): MachineConnection<OpaqueConfig> => ({
    create: (request, given) => {
      const told = request.bootstrap.kind === 'user-data' ? tokenIn(request.bootstrap.bytes) : undefined
      const quoted = told === undefined ? credential : `${credential}&user_data=${told}`
      return call(quoted, `create ${request.owner.nodeName}/${request.owner.attempt}`, given, c => inner.create(request, c))
    },
    ...(inner.account && { account: given => call(credential, 'account', given, async c => (await inner.account?.(c)) ?? '') }),
    ...(inner.resolve && {
      resolve: (config: OpaqueConfig, given: Call) =>
        call(credential, 'resolve', given, async c => {
          if (!inner.resolve) throw new Error('nobody can tell any more what floats')
          return inner.resolve(config, c)
        }),
    }),
    ...(inner.adopt && {
      adopt: (providerID: string, owner: Owner, given: Call) =>
        call(credential, `adopt ${owner.nodeName}`, given, async c => {
          if (!inner.adopt) throw new Error('nobody can adopt any more')
          return inner.adopt(providerID, owner, c)
        }),
    }),
    ...(inner.configure && {
      configure: (machine, steps, config, given) => {
        const told = steps.map(({ run }) => ('file' in run ? tokenIn(run.bytes) : undefined)).find(token => token !== undefined)
        const quoted = told === undefined ? credential : `${credential}&step=${told}`
        return call(quoted, `configure ${machine.id}`, given, async c => inner.configure?.(machine, steps, config, c))
      },
    }),
    delete: (machine, given) => call(credential, `delete ${machine.id}`, given, c => inner.delete(machine, c)),
    async *list(given) {
      const pages = inner.list({ ...given, signal: neverAborted })[Symbol.asyncIterator]()
      const next = (): Promise<IteratorResult<Page<Machine>>> => call(credential, 'list', given, () => pages.next())
      for (let page = await next(); !page.done; page = await next()) {
        if ((page.value.missing?.length ?? 0) > 0) onPartial(life)
        yield page.value
      }
    },
    [Symbol.asyncDispose]: async () => inner[Symbol.asyncDispose](),
  })

  // The simulated provider's own schema of credentials has read them: a token it is.
  const tokenOf = (credentials: unknown): string => (credentials as { readonly token: string }).token

  return {
    ...rest,
    definition: { ...definition, connect: context => connection(definition.connect(context), tokenOf(context.credentials)) },
  }
}
