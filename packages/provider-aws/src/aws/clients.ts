import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { EC2Client } from '@aws-sdk/client-ec2'
import { SQSClient } from '@aws-sdk/client-sqs'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import { type AssumeRole, roleCredentials } from './assumeRole.ts'
import type { AwsKeys } from './credentials.ts'

/** URLs of the services: VPC endpoints, FIPS, an emulator. Default: AWS's own, or what `AWS_ENDPOINT_URL_EC2` and the like say. */
export interface Endpoints {
  readonly autoScaling?: string
  readonly ec2?: string
  readonly sqs?: string
  readonly ssm?: string
  readonly sts?: string
}

export interface ClientOptions {
  readonly region: string
  /** Default: the SDK's chain (environment, files, pod identity, IRSA, instance profile). */
  readonly keys?: AwsKeys | undefined
  /** Taken on with them. */
  readonly role?: AssumeRole | undefined
  readonly endpoints: Endpoints
}

export interface Clients extends Disposable {
  readonly autoScaling: AutoScalingClient
  readonly ec2: EC2Client
  readonly sqs: SQSClient
  readonly ssm: SSMClient
  readonly sts: STSClient
}

/** One attempt a call: core retries, knows what may be repeated, and slows down all of the connection when AWS asks for it. */
const maxAttempts = 1
const connectionTimeoutMs = 5_000
/** Nobody's call ends a question for a role's credentials: all wait for the same one. */
const roleTimeoutMs = 30_000

export const openClients = ({ region, keys, role, endpoints }: ClientOptions): Clients => {
  const settings = (endpoint: string | undefined, requestHandler: object, credentials: object): object => ({
    region,
    maxAttempts,
    requestHandler,
    ...credentials,
    ...(endpoint !== undefined && { endpoint }),
  })
  const timeouts = { connectionTimeout: connectionTimeoutMs, requestTimeout: roleTimeoutMs, throwOnRequestTimeout: true }
  const own = keys ? { credentials: keysForSdk(keys) } : {}
  const asker = role && new STSClient(settings(endpoints.sts, timeouts, own))
  const given = role && asker ? { credentials: roleCredentials(asker, role) } : own
  const common = (endpoint: string | undefined): object => settings(endpoint, { connectionTimeout: connectionTimeoutMs }, given)
  const autoScaling = new AutoScalingClient(common(endpoints.autoScaling))
  const ec2 = new EC2Client(common(endpoints.ec2))
  const sqs = new SQSClient(common(endpoints.sqs))
  const ssm = new SSMClient(common(endpoints.ssm))
  const sts = new STSClient(common(endpoints.sts))
  return {
    autoScaling,
    ec2,
    sqs,
    ssm,
    sts,
    [Symbol.dispose]() {
      for (const client of [autoScaling, ec2, sqs, ssm, sts, asker]) client?.destroy()
    },
  }
}

/** A copy: the SDK writes into the object that it is given. */
const keysForSdk = ({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys): object => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken !== undefined && { sessionToken }),
})
