import { patternOf } from '../pattern.ts'
import type { Complaint } from './complaint.ts'

const presence = /\bhas\(\s*(self(?:\.\w+)+)\s*\)/g
/** A literal without escapes, or one in which they are none. */
const matching = /(\.matches\(\s*)(?:r'([^']*)'|r"([^"]*)"|'([^'\\]*)'|"([^"\\]*)")/g

/** What the library's checker lets pass and CEL's own does not: fields asked for that nobody has, patterns that are none. */
export const passedOver = (
  expression: string,
  /** What is wrong with this field of what a path leads to. */
  fieldProblem: (path: string, field: string) => string | undefined,
): readonly Complaint[] => {
  const complaints: Complaint[] = []
  for (const { 1: path = '', index } of expression.matchAll(presence)) {
    const fields = path.split('.').slice(1)
    for (const [i, field] of fields.entries()) {
      const before = ['self', ...fields.slice(0, i)].join('.')
      const what = fieldProblem(before, field)
      if (what === undefined) continue
      // What is asked for is marked where the question begins, what stands in the way at its dot.
      const at = i === fields.length - 1 ? index + 'has'.length : expression.indexOf(before, index) + before.length
      complaints.push({ what, at })
      break
    }
  }
  for (const { 1: call = '', 2: raw, 3: other, 4: plain, 5: last, index } of expression.matchAll(matching))
    if (!isPattern(raw ?? other ?? plain ?? last ?? '')) complaints.push({ what: 'invalid matches argument', at: index + call.length })
  return complaints
}

const isPattern = (pattern: string): boolean => {
  try {
    patternOf(pattern)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}
