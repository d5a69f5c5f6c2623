import { expect, test } from 'vitest'
import { startStory } from './story.ts'

const map = (data: Readonly<Record<string, string>>): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default' },
  data,
})

interface Entry {
  readonly manager: string
  readonly operation: string
  readonly subresource?: string
  readonly fieldsV1: Readonly<Record<string, object>>
}

test('two who apply the same object meet in a conflict, force it, and share what they agree on', async () => {
  await using story = await startStory()
  const { feed, kubectl, run } = story
  const as = (manager: string): readonly string[] => ['apply', '--server-side', `--field-manager=${manager}`, '-f', '-']
  expect(await feed(map({ size: '1', color: 'red' }), ...as('team'))).toBe('configmap/settings serverside-applied\n')
  expect(await feed(map({ color: 'red' }), ...as('tool'))).toBe('configmap/settings serverside-applied\n')
  const refused = await kubectl(as('tool'), { input: JSON.stringify(map({ size: '2' })) })
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('error: Apply failed with 1 conflict: conflict with "team": .data.size\n')
  expect(refused.stderr).toContain('--force-conflicts')
  await feed(map({ size: '2' }), ...as('tool'), '--force-conflicts')
  const data = async (): Promise<unknown> => JSON.parse(await run('get', 'configmap', 'settings', '-o', 'jsonpath={.data}'))
  // What the tool has let go stays, as the team still says it.
  expect(await data()).toEqual({ size: '2', color: 'red' })
  await feed(map({}), ...as('team'))
  expect(await data()).toEqual({ size: '2' })
  expect(await run('get', 'configmap', 'settings', '-o', 'yaml', '--show-managed-fields')).toContain('manager: tool')
})

test('an object that kubectl has applied from the client goes over to the server', async () => {
  await using story = await startStory()
  const { feed, run } = story
  await feed(map({ size: '1', color: 'red' }), 'apply', '-f', '-')
  const entries = async (): Promise<readonly Entry[]> =>
    JSON.parse(await run('get', 'configmap', 'settings', '--show-managed-fields', '-o', 'jsonpath={.metadata.managedFields}')) as Entry[]
  expect(await entries()).toMatchObject([{ manager: 'kubectl-client-side-apply', operation: 'Update' }])
  expect(await feed(map({ size: '2' }), 'apply', '--server-side', '-f', '-')).toBe('configmap/settings serverside-applied\n')
  // kubectl has made its old manager of updates one of applies, and owns its annotation under a name of its own; as on a real server.
  expect(await entries()).toMatchObject([
    { manager: 'kubectl-last-applied', operation: 'Apply' },
    { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:data': { 'f:size': {} } } },
  ])
  expect(await run('get', 'configmap', 'settings', '-o', 'jsonpath={.data}')).toBe('{"size":"2"}')
  expect(await feed(map({ size: '2' }), 'apply', '-f', '-')).toContain('configmap/settings ')
})

test('whoever scales a NodeSet owns its size until somebody takes it by force', async () => {
  await using story = await startStory()
  const { feed, kubectl, run } = story
  const set = (replicas: number): object => ({
    apiVersion: 'kube-node.dev/v1alpha1',
    kind: 'NodeSet',
    metadata: { name: 'workers' },
    spec: { replicas, nodeClassName: 'small' },
  })
  await feed(set(1), 'apply', '--server-side', '-f', '-')
  await run('scale', 'nodeset', 'workers', '--replicas=3')
  const refused = await kubectl(['apply', '--server-side', '-f', '-'], { input: JSON.stringify(set(1)) })
  expect(refused.stderr).toContain('conflict with "kubectl" with subresource "scale" using kube-node.dev/v1alpha1: .spec.replicas')
  await feed(set(1), 'apply', '--server-side', '--force-conflicts', '-f', '-')
  expect(await run('get', 'nodeset', 'workers', '-o', 'jsonpath={.spec.replicas}')).toBe('1')
})
