import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { type Call, ProviderError } from '@kube-node/core/provider'
import { asked } from './asked.ts'
import type { Clients } from './clients.ts'

/** The number of the account that the credentials open. */
export const accountOf = async ({ sts }: Clients, call: Call): Promise<string> => {
  const { Account } = await asked('GetCallerIdentity', call, options => sts.send(new GetCallerIdentityCommand({}), options))
  if (!Account) throw new ProviderError('Internal', 'AWS GetCallerIdentity answered no account')
  return Account
}
