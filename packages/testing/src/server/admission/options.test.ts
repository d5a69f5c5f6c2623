import { manualRuntime } from '@kube-node/core/runtime'
import { expect, test } from 'vitest'
import { clientOf } from '../client.fixture.ts'
import { createApiServer } from '../index.ts'
import { at } from '../objects/index.ts'
import { policy } from './policy.fixture.ts'

const maps = '/api/v1/namespaces/default/configmaps'
const pods = '/api/v1/namespaces/default/pods'
const map = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

/** Whoever changes something is refused, with the options of the request as the reason. */
const start = async (...operations: readonly string[]) => {
  const api = clientOf(createApiServer({ runtime: manualRuntime({ random: [0.1, 0.9, 0.4] }) }).transport())
  const said = (field: string): string => `(has(request.options.${field}) ? ' ${field}=' + string(request.options.${field}) : '')`
  const fields = ['fieldManager', 'fieldValidation', 'gracePeriodSeconds', 'propagationPolicy'].map(said)
  const messageExpression = [
    'request.options.kind',
    ...fields,
    "(has(request.options.dryRun) ? ' rehearsed' : '')",
    "(has(request.options.preconditions) && has(request.options.preconditions.uid) ? ' of that uid' : '')",
  ].join(' + ')
  const told = (answer: { readonly body?: unknown }): string => String(at(answer.body, 'message')).replace(/^.* denied request: /, '')
  const refuse = (): Promise<void> =>
    policy(api, {
      name: 'told',
      operations,
      resources: ['configmaps', 'pods', 'namespaces'],
      validations: [{ expression: 'false', messageExpression }],
    })
  return { api, refuse, told }
}

test('Policies see what a write asks for and no defaults, and a patch as the creation or the update that it comes to', async () => {
  const { api, refuse, told } = await start('CREATE', 'UPDATE')
  await api.post(maps, map('there'))
  await refuse()
  expect(told(await api.post(maps, map('a')))).toBe('CreateOptions')
  const query = { fieldManager: 'one', fieldValidation: 'Strict', dryRun: 'All' }
  expect(told(await api.post(maps, map('a'), query))).toBe('CreateOptions fieldManager=one fieldValidation=Strict rehearsed')
  expect(told(await api.patch(`${maps}/there`, { data: { a: 'b' } }, 'merge', { fieldManager: '' }))).toBe('UpdateOptions')
  expect(told(await api.patch(`${maps}/new`, map('new'), 'apply', { fieldManager: 'one' }))).toBe('CreateOptions fieldManager=one')
})

test('Policies see what a deletion asks for: in its body, or in its query where there is none', async () => {
  const { api, refuse, told } = await start('DELETE')
  await api.post(maps, map('a'))
  await refuse()
  expect(told(await api.delete(`${maps}/a`))).toBe('DeleteOptions')
  const asked = { gracePeriodSeconds: '5', propagationPolicy: 'Orphan', dryRun: 'All' }
  expect(told(await api.delete(`${maps}/a`, undefined, asked))).toBe(
    'DeleteOptions gracePeriodSeconds=5 propagationPolicy=Orphan rehearsed',
  )
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 7, dryRun: [] }
  expect(told(await api.delete(`${maps}/a`, body, asked))).toBe('DeleteOptions gracePeriodSeconds=7')
})

test('Policies see the grace that a single deletion comes to, and the uid that the deletion of a namespace is tied to', async () => {
  const { api, refuse, told } = await start('DELETE')
  await api.post(maps, map('a'))
  await api.post(pods, { metadata: { name: 'a' }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] } })
  await api.post('/api/v1/namespaces', { metadata: { name: 'other' } })
  await refuse()
  expect(told(await api.delete(`${pods}/a`))).toBe('DeleteOptions gracePeriodSeconds=30')
  expect(told(await api.delete(pods))).toBe('DeleteOptions')
  expect(told(await api.delete(`${maps}/a`, { gracePeriodSeconds: -1 }))).toBe('DeleteOptions gracePeriodSeconds=1')
  expect(told(await api.delete(maps, { gracePeriodSeconds: -1 }))).toBe('DeleteOptions gracePeriodSeconds=-1')
  expect(told(await api.delete('/api/v1/namespaces/other'))).toBe('DeleteOptions of that uid')
})
