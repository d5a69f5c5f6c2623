import { type NodeClass, type NodeSet, annotations } from '@kube-node/core/api'
import { describe, expect, it } from 'vitest'
import { type Classes, contentNow, makesTheSame } from '../content.ts'
import { classOf, classesOf, keptAs, setOf } from '../facts.fixture.ts'
import { type UndoFacts, type UndoPlan, planUndo } from './plan.ts'
import { objectOf } from './writes.ts'

const before = { set: setOf(), classes: classesOf(classOf({ image: 'one' })) }
const first = keptAs(1, before.set, before.classes)
/** Of the set alone, of the class alone, and of both. */
const ofSet = { set: setOf({ template: { config: { type: 'xl' }, labels: { a: 'b' } } }), classes: before.classes }
const ofClass = { set: before.set, classes: classesOf(classOf({ image: 'two', disk: 9 })) }
const ofBoth = { set: ofSet.set, classes: ofClass.classes }

const factsOf = (now: { readonly set: NodeSet; readonly classes: Classes }, more: Partial<UndoFacts> = {}): UndoFacts => {
  const complete = contentNow(now.set, now.classes)
  const history = [first, ...(complete && !makesTheSame(complete, first.content) ? [keptAs(2, now.set, now.classes)] : [])]
  return { ...now, history, to: undefined, othersOf: () => [], shared: false, ...more }
}
const written = (plan: UndoPlan): readonly string[] => (plan.kind === 'goes' ? plan.writes.map(objectOf) : [plan.kind])
const whyNot = (facts: UndoFacts): string | undefined => {
  const plan = planUndo(facts)
  return plan.kind === 'refused' ? plan.why : undefined
}

/** The world after that write. */
const after = (facts: UndoFacts, plan: UndoPlan): UndoFacts => {
  const [write] = plan.kind === 'goes' ? plan.writes : []
  if (!write) throw new Error('nothing is written')
  if (write.kind === 'set') return { ...facts, set: write.next }
  return { ...facts, classes: new Map([...facts.classes, [write.next.metadata?.name ?? '', write.next]]) }
}

describe('an undo', () => {
  it('is one write where only the set says something else: what was added goes, and what changes in place stays', () => {
    const facts = factsOf(ofSet)
    const plan = planUndo(facts)
    expect(written(plan)).toEqual(['nodeset/workers'])
    const { set } = after(facts, plan)
    expect(set.spec.template).toEqual({ labels: { a: 'b' } })
    expect({ paused: set.spec.paused, notes: set.metadata?.annotations }).toEqual({ paused: false, notes: undefined })
  })

  it('is one write where only the class says something else', () => {
    const facts = factsOf(ofClass)
    const plan = planUndo(facts)
    expect(written(plan)).toEqual(['nodeclass/small'])
    expect(after(facts, plan).classes.get('small')?.spec).toEqual({ provider: 'p', config: { image: 'one' } })
  })

  it('of both makes the set rest first, and lets it go on when all is written', () => {
    let facts = factsOf(ofBoth)
    expect(written(planUndo(facts))).toEqual(['nodeset/workers', 'nodeclass/small', 'nodeset/workers'])
    facts = after(facts, planUndo(facts))
    expect(facts.set.spec).toMatchObject({ paused: true, template: { labels: { a: 'b' } } })
    expect(facts.set.metadata?.annotations).toEqual({ [annotations.undo]: JSON.stringify({ to: first.name, paused: false }) })
    // Whoever asks now, with or without a number, finishes it.
    expect(written(planUndo(facts))).toEqual(['nodeclass/small', 'nodeset/workers'])
    facts = after(facts, planUndo(facts))
    expect(facts.set.spec.paused).toBe(true)
    expect(written(planUndo(facts))).toEqual(['nodeset/workers'])
    facts = after(facts, planUndo(facts))
    expect(facts.set.spec).toEqual({ nodeClassName: 'small', paused: false, template: { labels: { a: 'b' } } })
    expect(facts.set.metadata?.annotations).toEqual({})
    expect(planUndo({ ...facts, to: first })).toEqual({ kind: 'there', to: first })
  })

  it('of a set that was paused leaves it paused', () => {
    let facts = factsOf({ ...ofBoth, set: { ...ofBoth.set, spec: { ...ofBoth.set.spec, paused: true } } })
    while (planUndo({ ...facts, to: first }).kind === 'goes') facts = after(facts, planUndo({ ...facts, to: first }))
    expect(facts.set).toMatchObject({ spec: { paused: true }, metadata: { annotations: {} } })
  })

  it('that is half done may go elsewhere, and rests again when somebody has resumed it', () => {
    const half = after(factsOf(ofBoth), planUndo(factsOf(ofBoth)))
    const second = keptAs(2, ofBoth.set, ofBoth.classes)
    expect(written(planUndo({ ...half, to: second }))).toEqual(['nodeset/workers', 'nodeset/workers'])
    const resumed = { ...half, set: { ...half.set, spec: { ...half.set.spec, paused: false } } }
    expect(written(planUndo(resumed))).toEqual(['nodeset/workers', 'nodeclass/small', 'nodeset/workers'])
  })

  it('that is half done and whose revision is gone asks for another', () => {
    const half = after(factsOf(ofBoth), planUndo(factsOf(ofBoth)))
    expect(whyNot({ ...half, history: [] })).toContain('choose one with --to-revision')
    const note = { metadata: { ...half.set.metadata, annotations: { [annotations.undo]: 'x' } } }
    expect(whyNot({ ...half, set: { ...half.set, ...note } })).toContain('choose one with --to-revision')
  })

  it('goes to the newest revision that is not what the set is now, also when that has not been kept yet', () => {
    const third = setOf({ template: { restartedAt: 'now' } })
    const second = keptAs(2, ofSet.set, ofSet.classes)
    const to = (history: UndoFacts['history']): unknown => planUndo(factsOf({ set: third, classes: before.classes }, { history }))
    expect(to([first, second])).toMatchObject({ kind: 'goes', to: { number: 2 } })
    expect(to([first, second, keptAs(3, third, before.classes)])).toMatchObject({ kind: 'goes', to: { number: 2 } })
    expect(to([])).toMatchObject({ why: 'NodeSet "workers" has no other revision to go back to' })
  })

  it('brings the classes back that the set named', () => {
    const large = classOf({}, 'large')
    const classes = classesOf(classOf({ image: 'one' }), large)
    const one = factsOf({ set: setOf({ nodeClassName: 'large' }), classes })
    expect(after(one, planUndo(one)).set.spec).toMatchObject({ nodeClassName: 'small' })
    const { nodeClassName: _one, ...many } = setOf({ nodeClassNames: ['large', 'small'] }).spec
    const two = factsOf({ set: { ...setOf(), spec: many }, classes })
    expect(after(two, planUndo(two)).set.spec).toMatchObject({ nodeClassNames: ['small'] })
    const back = { ...two, set: setOf(), to: keptAs(2, { ...setOf(), spec: many }, classes) }
    expect(after(back, planUndo(back)).set.spec).toEqual({ nodeClassNames: ['large', 'small'], paused: false, template: {} })
  })

  it('does not write a class that others use, unless it is told to', () => {
    const others = ['node/a', 'node/b', 'node/c', 'node/d', 'node/e', 'nodeset/gpu']
    expect(whyNot(factsOf(ofClass, { othersOf: () => ['nodeset/gpu'] }))).toMatch(
      /^NodeClass "small" is not what it was in revision 1, and has to be written; nodeset\/gpu uses it too, and .*--class writes it/,
    )
    expect(whyNot(factsOf(ofBoth, { othersOf: () => others }))).toContain('node/d, node/e, 1 more use it too')
    expect(whyNot(factsOf(ofClass, { othersOf: () => undefined }))).toContain('may not be read by this identity')
    expect(written(planUndo(factsOf(ofClass, { othersOf: () => others, shared: true })))).toEqual(['nodeclass/small'])
    expect(written(planUndo(factsOf(ofSet, { othersOf: () => others })))).toEqual(['nodeset/workers'])
  })

  it('to what can not be made any more is refused', () => {
    expect(whyNot(factsOf({ set: setOf({ nodeClassName: 'gone' }), classes: classesOf() }))).toContain(
      'NodeClass "small" of revision 1 does not exist',
    )
    const going: NodeClass = { ...classOf({}), metadata: { name: 'small', deletionTimestamp: 'now' } }
    expect(whyNot(factsOf({ set: before.set, classes: classesOf(going) }))).toContain('is being deleted')
    const set = setOf({}, { metadata: { name: 'workers', deletionTimestamp: 'now' } })
    expect(whyNot(factsOf({ set, classes: ofClass.classes }))).toBe('NodeSet "workers" is being deleted')
  })
})
