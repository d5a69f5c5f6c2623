import assert from 'node:assert/strict'
import { ProviderError } from '@kube-node/core/provider'
import { errorText } from '@kube-node/core'
import { anyFault, bootstrapBy, takesCredentials } from '../manifest.ts'
import { secretInUserData } from '../request.ts'
import type { Stage } from '../stage.ts'
import type { MachineTopic } from '../trial.ts'

export const secrets: MachineTopic = {
  name: 'secrets',
  trials: [
    {
      name: 'are in no error',
      needs: [takesCredentials, anyFault],
      async run(stage) {
        const told = await failures(stage)
        const { world } = stage
        const values = [...Object.values(world.credentials ?? {}), ...Object.values(world.cloud?.refusedCredentials ?? {})]
        for (const text of told) for (const value of values) assert.ok(!text.includes(value), 'an error tells a credential')
      },
    },
    {
      name: 'are in no line of the log',
      needs: [takesCredentials],
      async run(stage) {
        await failures(stage)
        await work(stage)
        const values = Object.values(stage.world.credentials ?? {})
        for (const line of stage.logged) for (const value of values) assert.ok(!line.includes(value), 'a log line tells a credential')
      },
    },
    {
      name: 'of the bootstrap are in no error and no line of the log',
      needs: [bootstrapBy('user-data')],
      async run(stage) {
        const told = await failures(stage)
        await work(stage)
        for (const text of [...told, ...stage.logged]) {
          assert.ok(!text.includes(secretInUserData), 'user data holds tokens, and is told here')
        }
      },
    },
  ],
}

/** An ordinary day. */
const work = async (stage: Stage): Promise<void> => {
  const machine = await stage.create()
  await stage.list()
  await stage.delete(machine)
}

/** What people would read of all the errors that this cloud can be brought to. */
const failures = async (stage: Stage): Promise<readonly string[]> => {
  const {
    world: { cloud = {} },
  } = stage
  const told: string[] = []
  const record = async (connect: () => Stage['connection']): Promise<void> => {
    const trying = async (): Promise<unknown> => connect().create(stage.request(), stage.call())
    const error = await stage.refusal('a create that fails', trying())
    told.push(error instanceof Error ? `${errorText(error)} ${error.stack}` : String(error))
    if (ProviderError.is(error)) {
      const { cause: _cause, ...facts } = error.facts
      told.push(JSON.stringify(facts))
    }
  }
  const usual = (): Stage['connection'] => stage.connection
  const { refusedCredentials } = cloud
  if (refusedCredentials) await record(() => stage.connect({ credentials: refusedCredentials }))
  cloud.loseAnswer?.('create')
  if (cloud.loseAnswer) await record(usual)
  for (const fault of [() => cloud.stockout?.(), () => cloud.throttle?.().lift, () => cloud.outage?.(), () => cloud.garble?.()]) {
    const lift = await fault()
    if (!lift) continue
    await record(usual)
    lift()
  }
  return told
}
