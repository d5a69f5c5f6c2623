import { Nodes, annotations, nameOf } from '../../packages/core/src/api/index.ts'
import { runApplication } from './application.ts'
import type { Stage } from './stage.ts'

export interface Story {
  readonly title: string
  /** What is to be seen in it. */
  readonly text: string
  play(stage: Stage): Promise<void>
}

const surge = (maxSurge: number, maxUnavailable: number) => ({ strategy: { rollingUpdate: { maxSurge, maxUnavailable } } })

const until = (stage: Stage, what: string, condition: (row: Stage['watch']['rows'][number]) => boolean): Promise<unknown> =>
  stage.cluster.until(
    what,
    () => {
      const row = stage.watch.rows.at(-1)
      return row !== undefined && condition(row)
    },
    3_600_000,
  )

export const stories: readonly Story[] = [
  {
    title: 'A class change of 20 nodes, maxSurge 3, maxUnavailable 1, under a PodDisruptionBudget',
    text: 'On the nodes are 40 pods of one application that can spare one at a time: drains wait for each other, and the set for them.',
    async play(stage) {
      await stage.begin({ replicas: 20, ...surge(3, 1) })
      await runApplication(stage.cluster, 40)
      await stage.editClass({ image: 'debian-14' })
      await stage.complete()
    },
  },
  {
    title: 'Replicas change in the middle',
    text: 'From 8 to 12 and to 5: what is new is made of the newest revision, and what goes first is what never came up, then what is old.',
    async play(stage) {
      await stage.begin({ replicas: 8, ...surge(2, 0) })
      await stage.editClass({ image: 'debian-14' })
      await until(stage, 'three are new', row => row.new >= 3)
      await stage.editSet({ replicas: 12 })
      await until(stage, 'six are new', row => row.new >= 6 && row.ready >= 10)
      await stage.editSet({ replicas: 5 })
      await stage.complete()
    },
  },
  {
    title: 'Undone in the middle',
    text: 'The class becomes what it was: the old nodes are the newest ones again and stay, and those of the other revision go.',
    async play(stage) {
      await stage.begin({ replicas: 6, ...surge(2, 1) })
      await stage.editClass({ image: 'debian-14' })
      await until(stage, 'three are new', row => row.new >= 3 && row.ready >= 5)
      await stage.editClass({ image: null })
      await stage.complete()
    },
  },
  {
    title: 'The controller is killed in the middle, three times',
    text: 'Nothing of it is in its memory alone: its successor goes on from what the cluster shows.',
    async play(stage) {
      await stage.begin({ replicas: 6, ...surge(1, 1) })
      await stage.editClass({ image: 'debian-14' })
      for (const many of [1, 3, 5]) {
        await until(stage, `${many} are new`, row => row.new >= many)
        await stage.crash()
      }
      await stage.complete()
    },
  },
  {
    title: 'Nodes that never join, and then a better class',
    text: 'The rollout stops by itself after its deadline and keeps the nodes that serve; a corrected class lets it go on.',
    async play(stage) {
      await stage.begin({ replicas: 4, ...surge(1, 1), progressDeadlineSeconds: 300 })
      stage.cluster.cloud.faults.joinFails(1_000)
      await stage.editClass({ image: 'broken' })
      await stage.cluster.until(
        'the rollout has failed',
        async () => (await stage.set()).status?.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded'),
        3_600_000,
      )
      await stage.cluster.runtime.advance(600_000)
      stage.cluster.cloud.faults.joinFails(0)
      await stage.editClass({ image: 'debian-14' })
      await stage.complete()
    },
  },
  {
    title: 'More replicas while a rollout has failed',
    text:
      'What serves is what grows: new nodes are of the old revision, the failed ones are counted on by nobody, and the rollout is not ' +
      'tried again for it. A corrected class replaces them all.',
    async play(stage) {
      await stage.begin({ replicas: 4, ...surge(1, 1), progressDeadlineSeconds: 300 })
      stage.cluster.cloud.faults.joinFails(2)
      await stage.editClass({ image: 'broken' })
      await stage.cluster.until(
        'the rollout has failed',
        async () => (await stage.set()).status?.conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded'),
        3_600_000,
      )
      await stage.editSet({ replicas: 7 })
      await until(stage, 'six serve', row => row.ready === 6)
      await stage.cluster.runtime.advance(300_000)
      await stage.editClass({ image: 'debian-14' })
      await stage.complete()
    },
  },
  {
    title: 'A node dies in the middle, and somebody deletes another',
    text: 'They count as unavailable ones: the rollout waits until enough others serve.',
    async play(stage) {
      await stage.begin({ replicas: 5, ...surge(1, 1), repair: { unhealthy: [{ type: 'Ready', status: 'Unknown', after: '2m' }] } })
      await stage.editClass({ image: 'debian-14' })
      await until(stage, 'two are new', row => row.new >= 2)
      const [first, second] = (await stage.nodes()).filter(node => node.metadata?.deletionTimestamp === undefined)
      const machine = stage.cluster.cloud.machines().find(({ owner }) => owner?.claim === first?.metadata?.uid)
      stage.watch.excuse(2)
      stage.watch.note('a machine dies')
      stage.cluster.cloud.kill(machine?.id ?? '')
      await stage.cluster.runtime.advance(30_000)
      stage.watch.note('somebody deletes a node')
      await stage.cluster.lasting(stage.cluster.client.delete(Nodes, { name: nameOf(second ?? {}) }, { uid: second?.metadata?.uid ?? '' }))
      await stage.complete()
    },
  },
  {
    title: 'Nothing above: maxSurge 0, maxUnavailable 2',
    text: 'Old nodes go first, two at a time.',
    async play(stage) {
      await stage.begin({ replicas: 6, ...surge(0, 2) })
      await stage.editClass({ image: 'debian-14' })
      await stage.complete()
    },
  },
  {
    title: 'Paused, and resumed',
    text: 'A paused set scales, by nodes of the revision that serves, and does not roll.',
    async play(stage) {
      await stage.begin({ replicas: 3 })
      await stage.editSet({ paused: true })
      await stage.editClass({ image: 'debian-14' })
      await stage.editSet({ replicas: 4 })
      await until(stage, 'the fourth is ready', row => row.ready === 4)
      await stage.cluster.runtime.advance(300_000)
      await stage.editSet({ paused: false })
      await stage.complete()
    },
  },
  {
    title: 'OnDelete',
    text: 'A node of the old revision is replaced when somebody deletes it, and not before.',
    async play(stage) {
      await stage.begin({ replicas: 3, strategy: { type: 'OnDelete' } })
      await stage.editClass({ image: 'debian-14' })
      await stage.cluster.runtime.advance(300_000)
      for (const node of await stage.nodes()) {
        stage.watch.excuse(1)
        stage.watch.note('somebody deletes a node')
        await stage.cluster.lasting(stage.cluster.client.delete(Nodes, { name: nameOf(node) }, { uid: node.metadata?.uid ?? '' }))
        await stage.cluster.runtime.advance(200_000)
      }
      await stage.complete()
    },
  },
  {
    title: 'A node that somebody keeps',
    text: 'The annotation kube-node.dev/do-not-disrupt holds one node back; the others roll round it.',
    async play(stage) {
      await stage.begin({ replicas: 3 })
      const [kept] = await stage.nodes()
      const keep = (value: string | null) =>
        stage.cluster.lasting(
          stage.cluster.client.patch(
            Nodes,
            { name: nameOf(kept ?? {}) },
            { merge: { metadata: { annotations: { [annotations.doNotDisrupt]: value } } } },
          ),
        )
      await keep('true')
      await stage.editClass({ image: 'debian-14' })
      await until(stage, 'the others are new', row => row.new === 2 && row.going === 0 && row.ready === 3)
      await stage.cluster.runtime.advance(120_000)
      stage.watch.note('it is kept no longer')
      await keep(null)
      await stage.complete()
    },
  },
  {
    title: 'Warm nodes: replicas from 3 to 5 with a headroom of 2, and then a class change',
    text: 'Two nodes serve within a second, and two others come up behind them.',
    async play(stage) {
      await stage.begin({ replicas: 3, headroom: { nodes: 2 } })
      await stage.editSet({ replicas: 5 })
      await until(stage, 'five serve', row => row.ready === 5)
      await stage.complete()
      await stage.editClass({ image: 'debian-14' })
      await stage.complete()
    },
  },
]
