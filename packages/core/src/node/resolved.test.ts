import { describe, expect, it } from 'vitest'
import { resolvedFields } from './resolved.ts'

type Config = Readonly<Record<string, unknown>>

const asItIs = (text: string): string => text
const lines = (written: Config, resolved: Config | undefined, mayBeTold = asItIs): readonly string[] | undefined =>
  resolvedFields(written, resolved, mayBeTold)?.map(({ field, value }) => `${field}: ${value}`)

describe('what floats in a config', () => {
  it.each<readonly [string, Config, Config | undefined, readonly string[] | undefined]>([
    ['is nothing where nobody resolves', { image: 'debian-13' }, undefined, undefined],
    ['is nothing where all is as it was', { image: 'debian-13', tags: {} }, { tags: {}, image: 'debian-13' }, undefined],
    ['is told by its value', { image: 'debian-13' }, { image: 'debian-13.7' }, ['image: debian-13.7']],
    [
      'is told by what took its place, as it would be written, and in order (AWS)',
      { region: 'r', subnets: { tags: { k: 'v' } }, securityGroups: { tags: { k: 'v' } }, ami: { ssmParameter: '/newest' } },
      { region: 'r', ami: { id: 'ami-1' }, subnets: { ids: ['subnet-2', 'subnet-1'] }, securityGroups: { ids: ['sg-1'] } },
      ['ami.id: ami-1', 'securityGroups.ids: ["sg-1"]', 'subnets.ids: ["subnet-2","subnet-1"]'],
    ],
    [
      'is told by its parts that differ alone (a launch template)',
      { launchTemplate: { name: 'nodes', version: '$Latest' }, volumes: [] },
      { launchTemplate: { id: 'lt-1', version: '7' }, volumes: [], ami: { id: 'ami-1' }, instanceType: 'm7i.large' },
      ['ami.id: ami-1', 'instanceType: m7i.large', 'launchTemplate.id: lt-1', 'launchTemplate.version: 7'],
    ],
    [
      'is told by its name alone, where the project was named (GCE)',
      { image: { project: 'p', family: 'ubuntu' } },
      { image: { project: 'p', name: 'ubuntu-v1' } },
      ['image.name: ubuntu-v1'],
    ],
    ['is told whole where a part of it went and nothing came', { a: { x: 1, y: 2 } }, { a: { y: 2 } }, ['a: {"y":2}']],
    ['may become nothing of a kind', { a: { x: 1 }, b: [1] }, { a: {}, b: [] }, ['a: {}', 'b: []']],
    ['may be of any type', { a: 'latest', b: 1, c: {} }, { a: 3, b: null, c: true }, ['a: 3', 'b: null', 'c: true']],
    ['may come out of nothing', {}, { tags: { 'a.b/c': 'd', e: 'f' } }, ['tags.e: f', 'tags["a.b/c"]: d']],
    ['is not what is undefined', { a: undefined }, { b: undefined }, undefined],
  ])('%s', (_name, written, resolved, expected) => {
    expect(lines(written, resolved)).toEqual(expected)
  })

  it('is bounded: so many fields, and texts so long, of whole characters', () => {
    const many = (count: number): Config => Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${100 + n}`, 'x']))
    expect(resolvedFields({}, many(32), asItIs)).toHaveLength(32)
    expect(lines({}, many(40))?.slice(-2)).toEqual(['f130: x', '...: 9 more'])
    expect(lines({}, many(40))).toHaveLength(32)
    const [long] = resolvedFields({}, { ['f'.repeat(300)]: `${'x'.repeat(1_020)}\u{1F600}${'y'.repeat(9)}` }, asItIs) ?? []
    expect(long).toEqual({ field: `${'f'.repeat(253)}...`, value: `${'x'.repeat(1_020)}\u{FFFD}...` })
  })

  it('is told without secrets, wherever they are in it', () => {
    const secret = 'line 1\nline "2"'
    const mayBeTold = (text: string): string => text.replaceAll(secret, '[redacted]')
    expect(lines({}, { a: `${secret}.`, b: [{ [secret]: [secret] }], c: { [secret]: 'd' } }, mayBeTold)).toEqual([
      'a: [redacted].',
      'b: [{"[redacted]":["[redacted]"]}]',
      'c["[redacted]"]: d',
    ])
  })
})
