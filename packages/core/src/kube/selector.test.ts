import { describe, expect, it } from 'vitest'
import { labelSelector } from './selector.ts'

const labels = { 'kube-node.dev/class': 'small', tier: 'web', empty: '' }

describe('labelSelector', () => {
  it.each([
    ['', true],
    ['kube-node.dev/class', true],
    ['other', false],
    ['!other', true],
    ['! tier', false],
    ['tier=web', true],
    ['tier == web', true],
    ['tier=db', false],
    ['tier!=db', true],
    ['other!=db', true],
    ['empty=', true],
    ['other=', false],
    ['tier in (db, web)', true],
    ['tier in (db)', false],
    ['other in (db)', false],
    ['tier notin (db)', true],
    ['tier notin (web,db)', false],
    ['other notin (db)', true],
    ['tier in (web,db),kube-node.dev/class=small', true],
    ['tier in (web,db),kube-node.dev/class=big', false],
    ['constructor', false],
  ])('%s: %s', (selector, holds) => {
    expect(labelSelector(selector)(labels)).toBe(holds)
  })

  it.each(['a b', '!a=b', 'a in b', '=b', 'a=b=c', 'a in (b'])('says that "%s" is none', selector => {
    expect(() => labelSelector(selector)).toThrow(/not a label selector/)
  })
})
