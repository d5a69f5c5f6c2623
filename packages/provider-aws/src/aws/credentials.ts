import type { Schema } from '@kube-node/core/provider'
import { z } from 'zod'

/** An access key. */
export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** The entries of the Secret that a NodeClass names: a key, or nothing where it names none. */
export type SecretEntries = { readonly [Entry in keyof AwsKeys]?: string | undefined }

// Unknown entries are errors: a Secret with a typo must not be taken for none, and the controller's own account used instead.
export const credentials: Schema<SecretEntries> = z
  .strictObject({
    accessKeyId: z.string().min(1).optional().describe('Id of an access key.'),
    secretAccessKey: z.string().min(1).optional().describe('The secret that belongs to it.'),
    sessionToken: z.string().min(1).optional().describe('Only for temporary credentials.'),
  })
  .superRefine(({ accessKeyId, secretAccessKey, sessionToken }, context) => {
    if (accessKeyId === undefined && secretAccessKey === undefined && sessionToken === undefined) return
    const lack = (entry: keyof AwsKeys): void => context.addIssue({ code: 'custom', path: [entry], message: 'is missing' })
    if (accessKeyId === undefined) lack('accessKeyId')
    if (secretAccessKey === undefined) lack('secretAccessKey')
  })

/** Undefined where there is no key: the SDK's own chain finds the credentials. */
export const keysOf = ({ accessKeyId, secretAccessKey, sessionToken }: SecretEntries): AwsKeys | undefined =>
  accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey, sessionToken }
