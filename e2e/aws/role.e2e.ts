import type { MachineConnection, OpaqueConfig } from '@kube-node/core/provider'
import { expect, test } from 'vitest'
import { region } from './account.ts'
import { call, refusal } from './calls.ts'
import { motoOfFile } from './perFile.ts'
import { failed } from './wire.ts'
import { type AwsWorld, awsWorld } from './world.ts'

const moto = motoOfFile()

const account = '210987654321'
const assumeRole = { roleArn: `arn:aws:iam::${account}:role/nodes`, externalId: 'x-1' }
const none = (): never => {
  throw new Error('EC2 knows its machines by itself')
}

const open = (world: AwsWorld): { readonly config: OpaqueConfig; readonly connection: MachineConnection<OpaqueConfig> } => {
  const { definition } = world.provider
  const result = definition.config['~standard'].validate({ ...world.config, subnets: undefined, ami: { id: 'ami-12c6146b' }, assumeRole })
  if (result instanceof Promise || result.issues) throw new Error(JSON.stringify(result))
  const connection = definition.connect({
    config: { region, assumeRole: result.value['assumeRole'] },
    credentials: { ...world.credentials },
    cluster: 'c1',
    store: { get: none, put: none, remove: none, keys: none },
    call,
  })
  return { config: result.value, connection }
}

test('with a role it is the account of the role that counts, and the role that asks', async () => {
  await using world = await awsWorld(moto())
  const { config, connection } = open(world)
  await using _connection = connection
  expect(await connection.account!(call)).toBe(account)
  const owner = { cluster: 'c1', controller: 'kube-node.dev/controller', claim: 'a', nodeName: 'node-a', attempt: 1 }
  const request = { token: 'a-1', name: 'node-a-1', owner, config, bootstrap: { kind: 'none' }, avoid: [] } as const
  await connection.create(request, call)
  const claims: unknown[] = []
  for await (const { items } of connection.list(call)) claims.push(...items.map(({ owner: mine }) => mine?.claim))
  expect(claims).toEqual(['a'])
  // Those of the account whose keys took the role on.
  expect(await world.instances()).toEqual([])
})

test('credentials of a role are kept, and asked for again five minutes before they expire', async () => {
  await using world = await awsWorld(moto())
  const { connection } = open(world)
  await using _connection = connection
  let minutes = 4
  world.proxy.changing(({ action }, answer) => {
    const end = `<Expiration>${new Date(Date.now() + minutes * 60_000).toISOString()}</Expiration>`
    return action === 'AssumeRole' ? { ...answer, body: answer.body.replace(/<Expiration>.*?<\/Expiration>/, end) } : answer
  })
  const asked = (): number => world.proxy.calls.get('AssumeRole') ?? 0
  await connection.account!(call)
  const before = asked()
  expect(before).toBeGreaterThan(0)
  minutes = 60
  await connection.account!(call)
  await connection.account!(call)
  expect(asked()).toBe(before + 1)
})

test('a role that may not be taken on is a matter of credentials, and nothing was made', async () => {
  await using world = await awsWorld(moto())
  const message = 'User: arn:aws:iam::123456789012:user/kube-node is not authorized to perform: sts:AssumeRole'
  const lift = world.proxy.answering(request =>
    request.action === 'AssumeRole' ? failed(request, { status: 403, code: 'AccessDenied', message }) : undefined,
  )
  const { connection } = open(world)
  await using _connection = connection
  const error = await refusal(connection.account!(call))
  expect(error).toMatchObject({ code: 'Unauthorized', facts: { outcome: 'none' }, message: expect.stringContaining(assumeRole.roleArn) })
  expect(world.proxy.calls.get('GetCallerIdentity')).toBeUndefined()
  lift()
  expect(await connection.account!(call)).toBe(account)
})
