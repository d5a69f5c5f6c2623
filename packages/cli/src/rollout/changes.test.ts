import type { RevisionContent } from '@kube-node/core'
import { describe, expect, it } from 'vitest'
import { changesBetween, wordsOfChange } from './changes.ts'

type Parts = Partial<RevisionContent['classes'][number]> & { readonly template?: RevisionContent['template'] }
const content = ({ template = {}, ...one }: Parts): RevisionContent => ({
  classes: [{ name: 'small', revision: 'a', provider: 'p', ...one }],
  template,
})
const told = (from: Parts, to: Parts): readonly string[] =>
  changesBetween(content(from), content(to)).map(change => `${change.object} ${wordsOfChange(change)}`)

describe('what is different between two revisions', () => {
  it.each<readonly [string, Parts, Parts, readonly string[]]>([
    ['nothing, whatever the order of keys', { config: { a: 1, b: 2 } }, { config: { b: 2, a: 1 } }, []],
    ['nothing, where nothing was and is', {}, { config: {}, template: { config: {} } }, []],
    ['a value', { config: { image: 'one' } }, { config: { image: 'two' } }, ['nodeclass/small spec.config.image "one" -> "two"']],
    [
      'values that come and go, however deep',
      { config: { disk: { size: 1, kind: 'ssd' } } },
      { config: { disk: { size: 1 }, zone: 'a' } },
      ['nodeclass/small spec.config.disk.kind "ssd" -> (none)', 'nodeclass/small spec.config.zone (none) -> "a"'],
    ],
    ['an empty value', { config: { disk: {} } }, {}, ['nodeclass/small spec.config.disk {} -> (none)']],
    [
      'a list as a whole',
      { config: { zones: ['a'] } },
      { config: { zones: ['a', 'b'] } },
      ['nodeclass/small spec.config.zones ["a"] -> ["a","b"]'],
    ],
    ['the provider', {}, { provider: 'q' }, ['nodeclass/small spec.provider "p" -> "q"']],
    [
      'which parts of a bootstrap, and nothing of what stands there',
      { bootstrap: { type: 'kubelet', files: [{ path: '/a', content: 'one' }] } },
      { bootstrap: { type: 'kubelet', files: [{ path: '/a', content: 'two' }], commands: ['x'] } },
      ['nodeclass/small spec.bootstrap.commands changes', 'nodeclass/small spec.bootstrap.files changes'],
    ],
    [
      'what the set says, a restart among it',
      { template: { config: { image: null } } },
      { template: { config: { image: 'x' }, restartedAt: 'now' } },
      ['nodeset spec.template.config.image null -> "x"', 'nodeset spec.template.restartedAt (none) -> "now"'],
    ],
    ['the class itself', {}, { name: 'large' }, ['nodeset classes ["small"] -> ["large"]']],
    [
      'long values, cut',
      { config: {} },
      { config: { a: 'x'.repeat(100) } },
      [`nodeclass/small spec.config.a (none) -> "${'x'.repeat(58)}…`],
    ],
  ])('%s', (_name, from, to, words) => {
    expect(told(from, to)).toEqual(words)
  })
})
