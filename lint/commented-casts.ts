import type { Context, Node, Rule } from './rule.ts'

/** A cast silences the compiler. Where one is right (a true border), the line or the one above says why. */
export const commentedCasts: Rule = {
  meta: { type: 'problem', schema: [] },
  create: context => ({
    TSAsExpression(node: Node) {
      if (node.type !== 'TSAsExpression' || isHarmless(node.typeAnnotation) || isExplained(context, node)) return
      // `x as unknown as T` is one cast, reported once.
      if (node.parent.type === 'TSAsExpression') return
      context.report({ node, message: 'a cast silences the compiler: parse or narrow instead, or say in a comment why this one is true' })
    },
  }),
}

const isHarmless = (type: Node): boolean =>
  type.type === 'TSUnknownKeyword' ||
  (type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const')

/** So far above the cast may the docstring of the declaration that holds it be, and still speak of it. */
const nearLines = 12

/** A comment on the cast's lines, or directly above a statement or property that holds it and begins near. */
const isExplained = (context: Context, node: Node): boolean => {
  const comments = context.sourceCode.getAllComments()
  const last = node.loc.end.line
  for (let at: Node | null = node; at && at.type !== 'Program'; at = 'parent' in at ? at.parent : null) {
    const first = at.loc.start.line
    if (last - first > nearLines) return false
    if (comments.some(c => c.loc.end.line === first - 1 || (c.loc.start.line >= first && c.loc.end.line <= last))) return true
  }
  return false
}
