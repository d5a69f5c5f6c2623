import type { Schema } from '@kube-node/core/provider'
import { z } from 'zod'
import { jsonIn } from './json.ts'

/** The key of a service account, as `gcloud iam service-accounts keys create` writes it. */
export interface ServiceAccountKey {
  readonly client_email: string
  readonly private_key: string
}

/** The entries of the Secret that a NodeClass names: a key, or nothing where it names none. */
export interface SecretEntries {
  readonly serviceAccountKey?: ServiceAccountKey | undefined
}

const key = z
  .string()
  .transform((text, context): unknown => {
    const file = jsonIn(text)
    if (file !== undefined) return file
    context.addIssue('is no JSON: the whole file of a key of a service account belongs here')
    return z.NEVER
  })
  .pipe(
    z.looseObject({
      // Others, as `external_account`, name programs and URLs that would run or be asked with what is in a Secret.
      type: z.literal('service_account', 'only a key of a service account is taken'),
      client_email: z.string().min(1),
      private_key: z.string().min(1),
    }),
  )
  .transform(({ client_email, private_key }): ServiceAccountKey => ({ client_email, private_key }))

// Unknown entries are errors: a Secret with a typo must not be taken for none, and the controller's own account used instead.
export const credentials: Schema<SecretEntries> = z.strictObject({
  serviceAccountKey: key.optional().describe('The key file of a service account, as JSON.'),
})
