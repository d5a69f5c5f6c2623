import { expect, it } from 'vitest'
import { controllerOptionsOf } from './controllerOptions.ts'

it('machines without a claim are deleted, unless people only want to hear of them', () => {
  const flags = { controller: 'c', certificates: true }
  expect(controllerOptionsOf(flags)).toEqual({ controller: 'c', certificates: true, orphans: 'delete', cloudControllerManager: false })
  expect(controllerOptionsOf({ ...flags, certificates: false, dryRunGc: true })).toEqual({
    controller: 'c',
    certificates: false,
    orphans: 'report',
    cloudControllerManager: false,
  })
})

it('Nodes are left to a cloud-controller-manager only where somebody says that one runs', () => {
  const flags = { controller: 'c', certificates: true }
  expect(controllerOptionsOf({ ...flags, cloudControllerManager: true })).toMatchObject({ cloudControllerManager: true })
})
