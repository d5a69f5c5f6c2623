import { describe, expect, it } from 'vitest'
import { machine } from './facts.fixture.ts'
import { blindness, disbelief } from './loss.ts'
import { type Suspects, judgeOrphans } from './orphans.ts'

const owned = (...claims: readonly string[]): ReturnType<typeof machine>[] =>
  claims.map(claim => machine({ id: `m-${claim}`, owner: { cluster: 'c', controller: 'k', claim, nodeName: claim, attempt: 1 } }))
const nobody = (): boolean => false

describe('a machine without a claim', () => {
  it('is deleted after a whole consistency window and one more list', () => {
    const suspects: Suspects = new Map()
    const machines = owned('a', 'b', 'c')
    const onlyA = (uid: string): boolean => uid !== 'a'
    expect(judgeOrphans(machines, onlyA, suspects, 1_000, 10_000).due).toEqual([])
    expect(judgeOrphans(machines, onlyA, suspects, 11_000, 10_000).due).toEqual([])
    expect(judgeOrphans(machines, onlyA, suspects, 11_001, 10_000).due.map(m => m.id)).toEqual(['m-a'])
  })

  it('whose claim shows up meanwhile starts again', () => {
    const suspects: Suspects = new Map()
    judgeOrphans(owned('a'), nobody, suspects, 1_000, 10_000)
    judgeOrphans(owned('a'), () => true, suspects, 5_000, 10_000)
    expect(judgeOrphans(owned('a'), nobody, suspects, 12_000, 10_000).due).toEqual([])
  })

  it('among too many of them is kept: an API server from a backup looks just like that', () => {
    const suspects: Suspects = new Map()
    const machines = owned('a', 'b', 'c', 'd', 'e')
    judgeOrphans(machines, nobody, suspects, 0, 10_000)
    const verdict = judgeOrphans(machines, nobody, suspects, 60_000, 10_000)
    expect(verdict.due).toHaveLength(5)
    expect(verdict.frozen).toContain('5 of 5')
  })
})

describe('machines that are missing', () => {
  it.each([
    [{ recorded: 1, missing: 1 }, true],
    [{ recorded: 3, missing: 1 }, true],
    [{ recorded: 2, missing: 2 }, false],
    [{ recorded: 10, missing: 3 }, true],
    [{ recorded: 10, missing: 4 }, false],
    [{ recorded: 5_000, missing: 5_000 }, false],
  ])('%o are believed to be lost: %s', (loss, believed) => {
    expect(disbelief(loss) === undefined).toBe(believed)
  })
})

describe('a machine that is missing', () => {
  it('is not taken for lost while there are places that could not be asked', () => {
    expect(blindness([])).toBeUndefined()
    expect(blindness([{ zone: 'a' }, { zone: 'b', capacityType: 'spot' }])).toContain('(a, b spot)')
  })
})
