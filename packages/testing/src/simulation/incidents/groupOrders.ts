import { NodeClasses, NodeSets, nameOf } from '@kube-node/core/api'
import { poolName } from '../groups/estate.ts'
import type { GroupOrder } from '../groups/order.ts'
import type { Life } from '../life.ts'
import type { Stage } from '../stage.ts'
import { type Plays, among, groupSetsOf } from './play.ts'

/** Everybody knows of a limit by then. Milliseconds. */
const knownMs = 95_000
/** An order that is under way takes effect within its deadline. Milliseconds. */
const latestMs = 110_000

const grows = ({ do: what }: GroupOrder): boolean => what === 'resize' || what === 'create'

const crash = ({ managers }: Stage, { slot, name }: Life, downMs: number): void => {
  if (managers.life(slot)?.name === name) managers.crash(slot, downMs)
}

const failed =
  ({ world }: Stage) =>
  (error: unknown): void =>
    world.tell(`a person could not do it any more: ${String(error)}`)

/** What befalls managers in the middle of an order to a group. */
export const orderPlays: Pick<Plays<'groups'>, 'crash-after-order' | 'late-order' | 'overtaken-order'> = {
  'crash-after-order'(stage, { which, ms }) {
    const removal = which < 0.5
    stage.groups.holdUp = {
      fits: order => (order.do === 'remove') === removal,
      ms: 0,
      strike: life => stage.world.at(ms % 2_500, `the end of ${life.name} after an order`, () => crash(stage, life, ms % 8_000)),
    }
    return undefined
  },
  'late-order'(stage, { which, ms }) {
    stage.groups.holdUp = {
      fits: order => (which < 0.5 ? grows(order) : order.do === 'remove'),
      ms: Math.min(ms + 5_000, latestMs),
      strike(life) {
        stage.world.tell(`* the order of ${life.name} takes its time`)
        if (ms % 2 === 0) stage.world.at(20, `the end of ${life.name} while its order is under way`, () => crash(stage, life, 2_000))
        else stage.managers.freeze(life.slot, ms, false)
      },
    }
    return undefined
  },
  async 'overtaken-order'(stage, { which, ms }) {
    const { world, client, cloud, groups } = stage
    const total = cloud.groups.list().reduce((sum, { size }) => sum + size, 0)
    const nodes = total + 2
    const scale = async (by: number, fits: (name: string) => boolean): Promise<void> => {
      for (const set of groupSetsOf(stage).filter(one => fits(nameOf(one)))) {
        const replicas = Math.max(0, (set.spec.replicas ?? 1) + by)
        await client.patch(NodeSets, { name: nameOf(set) }, { merge: { spec: { replicas } } })
        world.tell(`* a person scales set ${nameOf(set)} to ${replicas}`)
      }
    }
    const begin = (): void => {
      const set = among(groupSetsOf(stage), which)
      if (!set) return
      const name = nameOf(set)
      groups.holdUp = {
        fits: order => order.do === 'resize' && order.id === groups.groupOf(set)?.id,
        ms: Math.min(30_000 + ms, latestMs),
        strike(life) {
          world.at(20, `the end of ${life.name} while its order is under way`, () => crash(stage, life, 2_000))
          world.at(2_000, 'second thoughts', () => {
            void scale(-2, one => one === name)
              .then(() => scale(2, one => one !== name))
              .catch(failed(stage))
          })
        },
      }
      void scale(2, one => one === name).catch(failed(stage))
    }
    await client.patch(NodeClasses, { name: poolName }, { merge: { spec: { limits: { nodes } } } })
    world.at(knownMs, 'growth up to the limit', begin)
    return `a person limits the class of groups to ${nodes} nodes, and there are ${total}`
  },
}
