import type { Machine } from '@kube-node/core/provider'
import { type Broken, instead, showing } from './instead.fixture.ts'

/** A provider whose cloud dictates names, with one defect in them. */
const naming = (over: Broken['over'], ...fails: readonly string[]): Broken => ({
  provider: { nodeNames: 'cloud' },
  manifest: { nodeNames: 'cloud' },
  over,
  fails: fails.map(name => `node names > ${name}`),
})

const called = (change: (name: string) => string): Broken['over'] =>
  showing(machine => (machine.nodeName === undefined ? machine : { ...machine, nodeName: change(machine.nodeName) }))

const nameless = ({ nodeName: _, ...machine }: Machine): Machine => machine

const reported = 'are reported in time, where the cloud dictates them, and a Node can be called so'
const stable = 'stay the same, however often and in whatever way one asks'
const unique = 'are different for all machines that live'

export const names: Readonly<Record<string, Broken>> = {
  'names nodes and does not declare that it does': {
    over: showing(machine => ({ ...machine, nodeName: 'ip-10-0-0-1' })),
    fails: ['node names > are not reported where the provider does not say that the cloud dictates them'],
  },
  'declares that it names nodes, and its manifest leaves it out': {
    provider: { nodeNames: 'cloud' },
    over: showing(nameless),
    fails: ['declaration > says what its manifest says'],
  },
  'never says what the cloud calls its machines': naming(showing(nameless), reported, stable, unique),
  'gives names that no Node can have': naming(
    called(name => `${name}_1`.toUpperCase()),
    reported,
  ),
  'gives names that are too long': naming(
    called(name => `${name}${'.a'.repeat(130)}`),
    reported,
  ),
  'gives another name each time': naming((provider, cloud) => {
    let asked = 0
    return called(name => `${name}.${asked++}`)(provider, cloud)
  }, stable),
  'gives names in lists alone': naming(
    instead(good => ({
      async get(machine, call) {
        const found = await good.get?.(machine, call)
        return found && nameless(found)
      },
    })),
    stable,
  ),
  'gives one name to all': naming(
    called(() => 'node-1'),
    unique,
  ),
}
