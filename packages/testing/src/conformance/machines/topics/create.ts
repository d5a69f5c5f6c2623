import assert from 'node:assert/strict'
import { bootstrapBy, cloud } from '../manifest.ts'
import { userData } from '../request.ts'
import type { MachineTopic } from '../trial.ts'

const states = new Set(['starting', 'running'])
/** RFC 3339, in UTC or with an offset. */
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

export const create: MachineTopic = {
  name: 'create',
  trials: [
    {
      name: 'answers a machine with an id, a state and the time of its creation',
      async run(stage) {
        const machine = await stage.create()
        assert.ok(typeof machine.id === 'string' && machine.id !== '', 'a machine has an id')
        assert.ok(states.has(machine.state), `a new machine is starting or running, not ${machine.state}`)
        assert.match(machine.createdAt, time)
      },
    },
    {
      name: 'answers a providerID as a cloud-controller-manager would write it',
      async run(stage) {
        const { providerID } = await stage.create()
        assert.match(providerID, /^[a-z0-9][a-z0-9.+-]*:\/\/\S+$/, 'a providerID is scheme://... and never empty')
        assert.notEqual((await stage.create()).providerID, providerID)
      },
    },
    {
      name: "writes the owner's tags and reads them back",
      directOnly: true,
      async run(stage) {
        const first = stage.request()
        // Not the first attempt, which a provider could have guessed.
        const request = { ...first, token: `${first.owner.claim}-3`, owner: { ...first.owner, attempt: 3 } }
        const machine = await stage.create(request)
        assert.deepEqual(machine.owner, request.owner, 'the answer of create')
        assert.deepEqual((await stage.listed(machine.id)).owner, request.owner, 'the list')
      },
    },
    {
      name: 'keeps id and providerID from the create on',
      async run(stage) {
        const machine = await stage.create()
        const { id, providerID } = await stage.listed(machine.id)
        assert.deepEqual({ id, providerID }, { id: machine.id, providerID: machine.providerID })
      },
    },
    {
      name: 'makes different machines of different requests',
      async run(stage) {
        const [a, b] = [await stage.create(), await stage.create()]
        assert.notEqual(a.id, b.id)
      },
    },
    {
      name: 'makes one machine a request, and no more',
      needs: [cloud('machines')],
      async run(stage) {
        const { id } = await stage.create()
        assert.deepEqual(await stage.living(), [id])
      },
    },
    {
      name: 'gives the machine its user data to the last byte',
      needs: [bootstrapBy('user-data'), cloud('userData')],
      async run(stage) {
        const { id } = await stage.create()
        const given = await stage.cloud('userData')(id)
        assert.deepEqual(Array.from(given ?? []), Array.from(userData), 'user data is bytes: encode it as base64, not as text')
      },
    },
    {
      name: 'makes a machine without user data when none is given',
      async run(stage) {
        const { id } = await stage.create(stage.request({ bootstrap: { kind: 'none' } }))
        assert.ok(id)
      },
    },
  ],
}
