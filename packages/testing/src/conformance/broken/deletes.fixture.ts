import { ProviderError } from '@kube-node/core/provider'
import { type Broken, instead } from './instead.fixture.ts'

export const deletes: Readonly<Record<string, Broken>> = {
  'deletes whatever it does not know': {
    over: instead((good, _context, cloud) => ({
      async delete(machine, call) {
        await good.delete(machine, call)
        for (const { id, owner } of cloud.machines()) if (!owner) cloud.kill(id)
      },
    })),
    fails: ["delete > leaves somebody else's machines alone"],
  },
  'deletes all that carry our cluster': {
    over: instead((good, _context, cloud) => ({
      async delete(machine, call) {
        await good.delete(machine, call)
        for (const { id, owner } of cloud.machines()) if (id !== machine.id && owner?.cluster === machine.owner?.cluster) cloud.kill(id)
      },
    })),
    fails: ['delete > takes no other machine away'],
  },
  'only stops machines': {
    over: instead((good, _context, cloud) => ({
      async delete(machine, call) {
        // So that faults hit it as they hit the good one.
        await good.delete({ ...machine, id: 'none' }, call)
        if (cloud.machine(machine.id)?.state !== 'gone') cloud.kill(machine.id, { as: 'stopped' })
      },
    })),
    fails: [
      'idempotency > makes no second machine of the token of one that is gone',
      'delete > takes the machine away',
      'delete > takes no other machine away',
      'delete > does no harm the second time',
      'delete > takes a machine that is no longer there for deleted, or says NotFound',
      'delete > can be repeated when its answer got lost',
      "delete > leaves somebody else's machines alone",
      'optional methods > get answers undefined, or gone, for a machine that is no more',
    ],
  },
  'is annoyed by a second delete': {
    over: instead(good => {
      const deleted = new Set<string>()
      return {
        async delete(machine, call) {
          if (deleted.has(machine.id) && (await good.get?.(machine, call))?.state === 'stopping') {
            throw new ProviderError('Busy', 'it is being deleted already')
          }
          deleted.add(machine.id)
          await good.delete(machine, call)
        },
      }
    }),
    fails: ['delete > does no harm the second time', 'delete > can be repeated when its answer got lost'],
  },
  'says NotFound in its own words': {
    over: instead(good => ({
      async delete(machine, call) {
        const found = await good.get?.(machine, call)
        if (!found || found.state === 'gone') throw new Error('404 Not Found')
        await good.delete(machine, call)
      },
    })),
    fails: ['delete > takes a machine that is no longer there for deleted, or says NotFound'],
  },
}
