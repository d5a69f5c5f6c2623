import { STSClient } from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { type AssumeRole, roleCredentials } from './assumeRole.ts'

const role: AssumeRole = {
  roleArn: 'arn:aws:iam::210987654321:role/nodes',
  externalId: 'x-1',
  sessionName: 'kube-node',
  durationSeconds: 900,
}
const answer = {
  Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration: new Date('2026-11-26T09:00:00Z') },
}

/** STS that answers so. */
const sts = (said: () => Promise<unknown>): { readonly client: STSClient; readonly asked: unknown[] } => {
  const client = new STSClient({ region: 'eu-west-1' })
  const asked: unknown[] = []
  client.send = (command: { readonly input: unknown }): never => {
    asked.push(command.input)
    // The SDK's own type has a form for each command.
    return said() as never
  }
  return { client, asked }
}

test('credentials are those of the role, with their end; who waits for them shares the question', async () => {
  const { client, asked } = sts(async () => answer)
  const provide = roleCredentials(client, role)
  const [first, second] = await Promise.all([provide(), provide()])
  expect(first).toEqual({ accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't', expiration: answer.Credentials.Expiration })
  expect(second).toBe(first)
  expect(asked).toEqual([{ RoleArn: role.roleArn, RoleSessionName: 'kube-node', DurationSeconds: 900, ExternalId: 'x-1' }])
  await provide()
  expect(asked).toHaveLength(2)
})

describe('what STS refuses', () => {
  const failing = (name: string, status: number) =>
    sts(async () => {
      throw Object.assign(new Error('User: u is not authorized to perform: sts:AssumeRole'), {
        name,
        $metadata: { httpStatusCode: status },
      })
    })

  test("is told with the role, is nobody's outcome, and is asked again", async () => {
    const { client, asked } = failing('AccessDenied', 403)
    const provide = roleCredentials(client, role)
    const refused = {
      code: 'Unauthorized',
      facts: { outcome: 'none' },
      message: expect.stringMatching(/^AWS AssumeRole: AccessDenied: .*role\/nodes\)$/),
    }
    await expect(provide()).rejects.toMatchObject(refused)
    await expect(provide()).rejects.toMatchObject(refused)
    expect(asked).toHaveLength(2)
  })

  test('or does not answer leaves nothing behind: what was to be asked was not sent', async () => {
    const { client } = failing('InternalFailure', 500)
    await expect(roleCredentials(client, role)()).rejects.toMatchObject({ code: 'Unavailable', facts: { outcome: 'none' } })
  })
})
