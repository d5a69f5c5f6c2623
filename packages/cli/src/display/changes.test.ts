import { expect, it } from 'vitest'
import { changesBetween } from './changes.ts'
import { claim, set } from './view.fixture.ts'
import { type View, viewOf } from './view.ts'

const nothing: View = { sets: [], nodes: [] }

it('what has changed is told once, a line each', () => {
  const booting = viewOf([claim('a', { phase: 'Booting', machine: 'i-1' })], [set('workers')], () => 0)
  const older = viewOf([claim('a', { phase: 'Booting', machine: 'i-1' })], [set('workers')], () => 9_000)
  const running = viewOf([claim('a', { phase: 'Running', machine: 'i-1', ready: 'True' })], [set('workers', { readyReplicas: 1 })], () => 0)
  expect(changesBetween(nothing, booting)).toEqual(['nodeset/workers  3 desired, 0 ready, 0 available', 'node/a  Booting  i-1'])
  expect(changesBetween(booting, older)).toEqual([])
  expect(changesBetween(older, running)).toEqual(['nodeset/workers  3 desired, 1 ready, 0 available', 'node/a  Running  i-1'])
  expect(changesBetween(running, nothing)).toEqual(['nodeset/workers  gone', 'node/a  gone'])
})

it('why a node waits is part of it', () => {
  const problem = { type: 'MachineProvisioned', reason: 'ClassNotFound', message: 'there is no NodeClass "gpu"' }
  expect(
    changesBetween(
      nothing,
      viewOf([claim('a', { problem })], [], () => 0),
    ),
  ).toEqual(['node/a  Pending  ClassNotFound: there is no NodeClass "gpu"'])
})
