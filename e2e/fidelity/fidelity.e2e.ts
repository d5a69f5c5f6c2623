import { expect, test } from 'vitest'
import { campaign } from './campaign.ts'
import { listed, written } from './document.ts'
import { startSides } from './sides.ts'

test('The embedded API server answers generated scripts as the real one does', { timeout: 420_000 }, async () => {
  await using sides = await startSides()
  const report = await campaign(sides, { runs: 300, seed: 1, lanes: 3, limitMs: 240_000 })
  console.log(report.text)
  expect(report.divergences).toEqual([])
  expect(report.unanswered).toEqual([])
  expect(report.scripts).toBeGreaterThanOrEqual(300)
})

test('Its controllers come to where those of Kubernetes do', { timeout: 300_000 }, async () => {
  await using sides = await startSides({ controllers: true })
  const report = await campaign(sides, { runs: 40, seed: 1, lanes: 4, limitMs: 150_000, controllers: true })
  console.log(report.text)
  expect(report.divergences).toEqual([])
  expect(report.unanswered).toEqual([])
  expect(report.scripts).toBeGreaterThanOrEqual(40)
})

test('The document lists the differences that the comparison forgives', () => {
  expect(written()).toBe(listed())
})
