import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type Moto, startMoto } from './moto.ts'

/** One moto for all tests of a file; it is there from the first of them on. */
export const motoOfFile = (): (() => Moto) => {
  let moto: Moto
  beforeAll(async () => {
    moto = await startMoto()
  })
  afterAll(() => moto?.[Symbol.asyncDispose]())
  return () => moto
}

/** A story of its own for each test of a file, all of them on one moto. */
export const storiesOf =
  <S extends AsyncDisposable>(open: (moto: Moto) => Promise<S>): ((begun: (story: S) => void) => void) =>
  begun => {
    const moto = motoOfFile()
    let story: S
    beforeEach(async () => {
      story = await open(moto())
      begun(story)
    })
    afterEach(() => story?.[Symbol.asyncDispose]())
  }
