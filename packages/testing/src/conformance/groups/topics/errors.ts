import assert from 'node:assert/strict'
import { ability, method, takesCredentials } from '../manifest.ts'
import type { GroupTopic } from '../trial.ts'

export const errors: GroupTopic = {
  name: 'errors',
  trials: [
    {
      name: 'credentials that the cloud turns away are Unauthorized, and in no message',
      needs: [takesCredentials, ability('refusedCredentials')],
      async run(stage) {
        const refused = stage.ability('refusedCredentials')
        const connection = stage.connect(refused)
        const reading = async (): Promise<void> => {
          for await (const _page of connection.list(stage.call())) continue
        }
        const { code, message } = await stage.refusal('a list with refused credentials', reading())
        assert.equal(code, 'Unauthorized')
        for (const secret of Object.values(refused)) assert.ok(!message.includes(secret), 'the message tells a credential')
      },
    },
    {
      name: 'one call too many is RateLimited',
      needs: [ability('throttle')],
      async run(stage) {
        const group = await stage.given({ size: 1 })
        const lift = stage.ability('throttle')()
        const { code } = await stage.refusal('a throttled resize', stage.connection.resize(group, 2, stage.call()))
        assert.equal(code, 'RateLimited')
        lift()
        await stage.lasting('resize', stage.connection.resize(group, 2, stage.call()))
      },
    },
    {
      name: 'a group that is no more is NotFound',
      async run(stage) {
        const group = await stage.given({ size: 1 })
        const { code } = await stage.refusal(
          'a resize of no group',
          stage.connection.resize({ ...group, id: 'never-was' }, 2, stage.call()),
        )
        assert.equal(code, 'NotFound')
      },
    },
    {
      name: 'the account is a name that stays',
      needs: [method('account')],
      async run(stage) {
        const first = await stage.lasting('account', stage.method('account')(stage.call()))
        const second = await stage.lasting('account', stage.method('account')(stage.call()))
        assert.ok(first !== '' && first === second, `it was ${first}, and then ${second}`)
      },
    },
  ],
}
