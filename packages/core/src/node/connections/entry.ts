import type { ClassConnection } from '../../api/index.ts'
import { type ConnectionReference, type MachineRecord, canonicalJson } from '../../claim/index.ts'
import type { Connection } from '../../inventory/index.ts'

/** As a class remembers a connection: no credentials, only the name of the Secret that has them. */
export const entryOf = ({ provider, account, reference }: Pick<Connection, 'provider' | 'account' | 'reference'>): ClassConnection =>
  entry(provider.name, account, reference)

/** Undefined for a member of a group: that makes its machines itself. */
export const entryOfRecord = ({ provider, account, connection, group }: MachineRecord): ClassConnection | undefined =>
  group === undefined ? entry(provider, account, connection) : undefined

const entry = (provider: string, account: string | undefined, { config, secret }: ConnectionReference): ClassConnection => ({
  provider,
  ...(account !== undefined && { account }),
  config,
  ...(secret && { secret: { namespace: secret.namespace, name: secret.name } }),
})

export const keyOf = ({ provider, account, config, secret }: ClassConnection): string =>
  canonicalJson([provider, account ?? null, config, secret ?? null])

/** The same provider, place and Secret, whichever account that opens. */
export const leadsTo = (
  { provider, config, secret }: ClassConnection,
  other: Pick<ClassConnection, 'provider' | 'config' | 'secret'>,
): boolean => provider === other.provider && canonicalJson([config, secret ?? null]) === canonicalJson([other.config, other.secret ?? null])

/** For people. */
export const placeOf = ({ provider, account, config, secret }: ClassConnection): string =>
  [
    provider,
    ...(account === undefined ? [] : [`account ${account}`]),
    JSON.stringify(config),
    ...(secret ? [`Secret ${secret.namespace}/${secret.name}`] : []),
  ].join(' ')
