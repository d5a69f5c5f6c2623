/**
 * Does `count` things in rounds of 1, 2, 4, ...: when each of them fails, one tells, not a thousand. A round with a failure
 * is the last one.
 * @throws what the first failure threw, after its round has ended.
 */
export const slowStart = async (count: number, doOne: () => Promise<void>): Promise<void> => {
  for (let round = 1, left = count; left > 0; round *= 2) {
    const size = Math.min(round, left)
    const outcomes = await Promise.allSettled(Array.from({ length: size }, doOne))
    const failure = outcomes.find(outcome => outcome.status === 'rejected')
    if (failure) throw failure.reason
    left -= size
  }
}
