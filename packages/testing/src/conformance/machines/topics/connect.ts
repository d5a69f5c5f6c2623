import assert from 'node:assert/strict'
import { propertiesOf } from '../../suite/index.ts'
import type { Stage } from '../stage.ts'
import type { MachineTopic } from '../trial.ts'

export const connect: MachineTopic = {
  name: 'connect',
  trials: [
    {
      name: 'reads the connection keys alone',
      directOnly: true,
      async run(stage) {
        const { definition, connectionConfig } = stage
        const properties = Object.keys(propertiesOf(definition.config))
        const others: string[] = []
        const watched = new Proxy(connectionConfig, {
          get(target, key) {
            if (typeof key === 'string' && properties.includes(key) && !definition.connection.includes(key)) others.push(key)
            return Reflect.get(target, key)
          },
        })
        const connection = stage.connect({ config: watched })
        await stage.lasting('create', connection.create(stage.request(), stage.call()))
        assert.deepEqual(others, [], 'one connection serves nodes of many configs: connect may not look at what differs between them')
      },
    },
    {
      name: 'opens several connections that see the same machines',
      async run(stage) {
        const machine = await stage.create()
        const other = stage.connect()
        await stage.until('the other connection lists the machine', async () => {
          const seen: string[] = []
          for await (const page of awaiting(stage, other.list(stage.call()))) seen.push(...page.items.map(({ id }) => id))
          return seen.includes(machine.id)
        })
      },
    },
  ],
}

/** A list whose pages come although time has to be moved. */
async function* awaiting<T>(stage: Stage, pages: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]()
  for (;;) {
    const { value, done } = await stage.lasting('a page', iterator.next())
    if (done) return
    yield value
  }
}
