import assert from 'node:assert/strict'
import type { Machine } from '@kube-node/core/provider'
import { namedBy } from '../manifest.ts'
import type { Stage } from '../stage.ts'
import type { MachineTopic } from '../trial.ts'

export const names: MachineTopic = {
  name: 'node names',
  trials: [
    {
      name: 'are not reported where the provider does not say that the cloud dictates them',
      needs: [namedBy('claim')],
      async run(stage) {
        const made = await stage.create()
        const shown = [made, await stage.listed(made.id), await looked(stage, made)]
        for (const machine of shown) assert.equal(machine?.nodeName, undefined, 'core does not read it without nodeNames: cloud')
      },
    },
    {
      name: 'are reported in time, where the cloud dictates them, and a Node can be called so',
      needs: [namedBy('cloud')],
      async run(stage) {
        const name = await nameOf(stage, await stage.create())
        assert.ok(name.length <= longestName && subdomain.test(name), `"${name}" is no name of a Node: lower case, digits, "-" and "."`)
      },
    },
    {
      name: 'stay the same, however often and in whatever way one asks',
      needs: [namedBy('cloud')],
      async run(stage) {
        const machine = await stage.create()
        const name = await nameOf(stage, machine)
        for (let again = 0; again < 2; again++) {
          assert.equal((await stage.listed(machine.id)).nodeName, name, 'in a list')
          const found = await looked(stage, machine)
          if (found) assert.equal(found.nodeName, name, 'from get')
        }
      },
    },
    {
      name: 'are different for all machines that live',
      needs: [namedBy('cloud')],
      async run(stage) {
        const made = [await stage.create(), await stage.create(), await stage.create()]
        const given: string[] = []
        for (const machine of made) given.push(await nameOf(stage, machine))
        assert.equal(new Set(given).size, made.length, `two machines have one name: ${given.join(', ')}`)
      },
    },
  ],
}

/** DNS-1123, as Kubernetes wants it of a Node. */
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const longestName = 253

const nameOf = (stage: Stage, { id }: Machine): Promise<string> =>
  stage.until('a list says what the Node of a machine is called', async () => (await stage.listed(id)).nodeName ?? false)

/** Undefined where there is no get: core's policy calls none. */
const looked = async (stage: Stage, machine: Machine): Promise<Machine | undefined> => {
  const work = stage.connection.get?.(machine, stage.call())
  return work && stage.lasting('a get', work)
}
