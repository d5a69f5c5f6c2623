import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { type TestClient, clientOf } from '../client.fixture.ts'
import { createApiServer } from '../index.ts'
import { at } from '../objects/index.ts'

const pods = '/api/v1/namespaces/default/pods'
const container = { name: 'c', image: 'registry.test/c' }

const start = async (spec: object = {}): Promise<TestClient> => {
  const api = clientOf(createApiServer({ runtime: manualRuntime() }).transport())
  await api.post(pods, { metadata: { name: 'a' }, spec: { containers: [container], ...spec } })
  return api
}

const complaints = ({ body }: { readonly body: unknown }): readonly string[] => {
  const causes = at(body, 'details', 'causes')
  return (Array.isArray(causes) ? causes : []).map(cause => `${String(at(cause, 'field'))}: ${String(at(cause, 'message'))}`)
}

test('A deadline comes nearer, and never goes', async () => {
  const api = await start()
  const deadline = (activeDeadlineSeconds: number | null) => api.patch(`${pods}/a`, { spec: { activeDeadlineSeconds } })
  expect((await deadline(30)).status).toBe(200)
  expect((await deadline(20)).status).toBe(200)
  expect(complaints(await deadline(21))).toEqual([
    'spec.activeDeadlineSeconds: Invalid value: 21: must be less than or equal to previous value',
  ])
  expect(complaints(await deadline(null))).toContain(
    'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
  )
})

test('Tolerations are added and not taken away, and those of the cluster come back', async () => {
  const api = await start({ tolerations: [{ key: 'k', operator: 'Exists' }] })
  const tolerate = (...tolerations: readonly object[]) => api.patch(`${pods}/a`, { spec: { tolerations } })
  const { body, status } = await tolerate({ key: 'new', operator: 'Exists' }, { key: 'k', operator: 'Exists' })
  expect(status).toBe(200)
  expect((at(body, 'spec', 'tolerations') as readonly object[]).map(each => at(each, 'key'))).toEqual([
    'new',
    'k',
    'node.kubernetes.io/not-ready',
    'node.kubernetes.io/unreachable',
  ])
  expect(complaints(await tolerate({ key: 'new', operator: 'Exists' }))).toEqual([
    'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
  ])
})

test('A changed Pod is judged as a new one before its changes are', async () => {
  const api = await start()
  expect(complaints(await api.patch(`${pods}/a`, { spec: { containers: [{ ...container, name: 'C_' }, container] } }))).toEqual([
    expect.stringContaining('spec.containers[0].name: Invalid value: "C_"'),
    'spec.containers: Forbidden: pod updates may not add or remove containers',
  ])
})

test('Its status has one address and the list of them, and keeps its class', async () => {
  const api = await start()
  const patch = (status: object) => api.patch(`${pods}/a/status`, { status })
  const addresses = async (status: object) => {
    const { body } = await patch(status)
    return [at(body, 'status', 'podIP'), at(body, 'status', 'podIPs'), at(body, 'status', 'qosClass')]
  }
  expect(await addresses({ podIP: '10.0.0.1', qosClass: null })).toEqual(['10.0.0.1', [{ ip: '10.0.0.1' }], 'BestEffort'])
  expect(await addresses({ podIP: '10.0.0.2' })).toEqual(['10.0.0.2', [{ ip: '10.0.0.2' }], 'BestEffort'])
  expect(await addresses({ podIP: null, podIPs: [{ ip: '10.0.0.3' }] })).toEqual(['10.0.0.3', [{ ip: '10.0.0.3' }], 'BestEffort'])
  expect(complaints(await patch({ qosClass: 'Guaranteed', conditions: [{ type: 'a b', status: 'True' }] }))).toEqual([
    expect.stringContaining('status.conditions[0].Type: Invalid value: "a b"'),
    'status.qosClass: Invalid value: "Guaranteed": field is immutable',
  ])
})

test('What has ended runs again only where it should', async () => {
  const ended = [{ name: 'c', state: { terminated: { exitCode: 0 } } }]
  const again = async (restartPolicy: string): Promise<readonly string[]> => {
    const api = await start({ restartPolicy })
    await api.patch(`${pods}/a/status`, { status: { containerStatuses: ended } })
    return complaints(await api.patch(`${pods}/a/status`, { status: { containerStatuses: [{ name: 'c', state: { running: {} } }] } }))
  }
  expect(await again('Always')).toEqual([])
  expect(await again('Never')).toEqual(['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state'])
  expect(await again('OnFailure')).toEqual(await again('Never'))
})
