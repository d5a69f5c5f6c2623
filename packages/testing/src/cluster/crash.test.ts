import { describe, expect, it } from 'vitest'
import { liveAndDie, small, told } from './crash.fixture.ts'

describe.each([
  ['token', 'plain', 'claim', small],
  ['token', 'told', 'claim', told],
  ['unique-name', 'plain', 'claim', small],
  ['lookup', 'told', 'claim', told],
  ['token', 'told', 'cloud', told],
] as const)('a controller that is killed at any call (%s, %s, named by the %s)', (idempotency, _what, nodeNames, nodeClass) => {
  it.each(['before', 'after', 'late'] as const)(
    '(%s it takes effect) never makes a second machine and leaves none behind',
    async sentence => {
      const whole = await liveAndDie({ idempotency, nodeClass, nodeNames })
      expect(whole).toMatchObject({ most: 1, left: 0, tokens: 0 })
      const everyCall = Array.from({ length: whole.calls }, (_, index) => index + 1)
      // What a read leaves behind is the same whether it ever arrived.
      for (const at of sentence === 'before' ? everyCall : whole.effects) {
        for (const impatient of [false, true]) {
          const outcome = await liveAndDie({ idempotency, nodeClass, nodeNames, sentence, at, impatient })
          const story = `killed ${sentence} call ${at} of ${whole.calls}, ${impatient ? 'deleted at once' : 'deleted when it ran'}`
          expect({ story, twins: outcome.most > 1, left: outcome.left, tokens: outcome.tokens }).toEqual({
            story,
            twins: false,
            left: 0,
            tokens: 0,
          })
        }
      }
    },
    120_000,
  )
})
