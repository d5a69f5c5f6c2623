import { expect, it } from 'vitest'
import { controllerOptionsOf } from './controllerOptions.ts'

it('garbage is deleted, unless people only want to hear of it', () => {
  const flags = { controller: 'c', certificates: true }
  expect(controllerOptionsOf(flags)).toEqual({ controller: 'c', certificates: true, garbage: 'delete', cloudControllerManager: false })
  expect(controllerOptionsOf({ ...flags, certificates: false, dryRunGc: true })).toEqual({
    controller: 'c',
    certificates: false,
    garbage: 'report',
    cloudControllerManager: false,
  })
})

it('Nodes are left to a cloud-controller-manager only where somebody says that one runs', () => {
  const flags = { controller: 'c', certificates: true }
  expect(controllerOptionsOf({ ...flags, cloudControllerManager: true })).toMatchObject({ cloudControllerManager: true })
})
