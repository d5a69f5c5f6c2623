import type { Rule } from './rule.ts'

const longest = 140

export const lineLength: Rule = {
  meta: { type: 'layout', schema: [] },
  create: context => ({
    Program() {
      for (const [index, line] of context.sourceCode.lines.entries()) {
        if (line.length <= longest) continue
        const start = { line: index + 1, column: longest }
        const end = { line: index + 1, column: line.length }
        context.report({ loc: { start, end }, message: `${line.length} characters; ${longest} at most` })
      }
    },
  }),
}
