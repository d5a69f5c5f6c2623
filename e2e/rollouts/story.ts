import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type TestAPI, expect } from 'vitest'
import { fromKubeConfig, loadKubeConfig } from '@kube-node/core'
import { story as mainStory } from '../main-job/story.ts'
import { root } from '../main-job/kubeNode.ts'
import type { World } from '../main-job/world.ts'
import { type Recording, record } from './record.ts'
import { type Bounds, type Moment, replay } from './verdict.ts'

/** A set of 20 nodes with an application on them, and all that happens to them on record. */
export interface Stage {
  readonly recording: Recording
  /** The set as far as it is told. */
  now(): Moment
  /** `kube-node rollout ...`, as a process of its own. @throws with its words when it fails. */
  rollout(...args: readonly string[]): Promise<string>
  /** What happened since it was asked last: nothing beyond the bounds; prints the figures of it. */
  judge(title: string, signal: AbortSignal): Promise<readonly Moment[]>
}

export const replicas = 20
const pods = 20
const bounds: Bounds = { maxSurge: 3, maxUnavailable: 1, minAvailable: pods - 2 }
const { maxSurge, maxUnavailable, minAvailable } = bounds
const app = { app: 'web' }

const objects = [
  {
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeSet',
    metadata: { name: 'workers' },
    spec: { replicas, nodeClassName: 'small', strategy: { rollingUpdate: { maxSurge, maxUnavailable } } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: pods,
      selector: { matchLabels: app },
      template: { metadata: { labels: app }, spec: { containers: [{ name: 'main', image: 'none' }] } },
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { minAvailable, selector: { matchLabels: app } },
  },
]

/** All of it up and running. */
const setTheStage = async ({ kubectl }: World): Promise<void> => {
  await kubectl('create -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))
  await kubectl(`wait --for=jsonpath={.status.availableReplicas}=${replicas} nodeset/workers --timeout=90s`)
  await kubectl(`wait --for=jsonpath={.status.currentHealthy}=${pods} pdb/web --timeout=90s`)
}

const stageOf = ({ controlPlane }: World, recording: Recording): Stage => {
  let began = performance.now()
  let from = Math.max(...recording.steps.map(({ version }) => version))
  return {
    recording,
    now() {
      const last = replay(recording.steps, 0, bounds).moments.at(-1)
      if (!last) throw new Error('nothing is on record')
      return last
    },
    async rollout(...args) {
      const command = [join(root, 'packages/cli/src/bin.ts'), 'rollout', ...args, '--kubeconfig', controlPlane.kubeconfig]
      return (await promisify(execFile)(process.execPath, command)).stdout
    },
    async judge(title, signal) {
      await recording.upToNow(signal)
      const { moments, broken } = replay(recording.steps, from, bounds)
      const [most, available, healthy] = [
        Math.max(...moments.map(({ total, wanted }) => total - wanted)),
        Math.max(...moments.map(moment => moment.wanted - moment.available)),
        Math.min(...moments.map(moment => moment.healthy)),
      ]
      const seconds = ((performance.now() - began) / 1_000).toFixed(0)
      console.log(
        `${title}: ${seconds} s, ${moments.length} changes; at the most ${most} nodes above replicas and ` +
          `${available} available ones below; never fewer than ${healthy} healthy pods of ${pods}`,
      )
      began = performance.now()
      from = moments.at(-1)?.version ?? from
      expect(broken).toEqual([])
      return moments
    },
  }
}

/** Stories that one set goes through, one after the other. */
export const story: TestAPI<{ world: World; stage: Stage }> = mainStory.extend<{ $file: { stage: Stage } }>({
  stage: [
    async ({ world }: { world: World }, use: (stage: Stage) => Promise<void>) => {
      await setTheStage(world)
      await using transport = fromKubeConfig(await loadKubeConfig({ file: world.controlPlane.kubeconfig }))
      await using recording = await record(transport)
      await use(stageOf(world, recording))
    },
    { scope: 'file' },
  ],
})
