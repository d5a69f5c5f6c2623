import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts'
import { ProviderError } from '@kube-node/core/provider'
import { toProviderError } from './errors.ts'

/** A role that is taken on before anything is asked. */
export interface AssumeRole {
  readonly roleArn: string
  readonly externalId?: string | undefined
  readonly sessionName: string
  /** Seconds. */
  readonly durationSeconds: number
}

/** As the SDK wants credentials; it asks again before they expire. */
export interface RoleCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

/**
 * Credentials of the role, one question for all who wait for them. The SDK keeps them, and asks again five minutes before they expire.
 * @throws ProviderError with outcome `none`: whatever was to be asked with them was not sent.
 */
export const roleCredentials = (
  sts: Pick<STSClient, 'send'>,
  { roleArn, externalId, sessionName, durationSeconds }: AssumeRole,
): (() => Promise<RoleCredentials>) => {
  let asking: Promise<RoleCredentials> | undefined

  const ask = async (): Promise<RoleCredentials> => {
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      DurationSeconds: durationSeconds,
      ...(externalId !== undefined && { ExternalId: externalId }),
    })
    try {
      const { Credentials } = await sts.send(command)
      const {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: expiration,
      } = Credentials ?? {}
      if (!accessKeyId || !secretAccessKey || !sessionToken || !expiration)
        throw new ProviderError('Unavailable', 'AWS AssumeRole answered no credentials')
      return { accessKeyId, secretAccessKey, sessionToken, expiration }
    } catch (error) {
      const { code, message, facts } = toProviderError('AssumeRole', error)
      throw new ProviderError(code, `${message} (role ${roleArn})`, { ...facts, outcome: 'none' })
    } finally {
      asking = undefined
    }
  }

  return () => (asking ??= ask())
}
