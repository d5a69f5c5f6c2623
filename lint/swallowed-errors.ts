import { keyOf } from './names.ts'
import type { Node, Rule } from './rule.ts'

const instead = 'handle it, pass it on, or check for the one that is expected'

/** An error is handled, passed on or reported; a comment in an empty block does none of these. */
export const swallowedErrors: Rule = {
  meta: { type: 'problem', schema: [] },
  create: context => ({
    CatchClause(node: Node) {
      if (node.type === 'CatchClause' && node.body.body.length === 0) {
        context.report({ node, message: `this error is swallowed: ${instead}` })
      }
    },
    CallExpression(node: Node) {
      if (node.type !== 'CallExpression') return
      const name = keyOf(node.callee)
      const handler = name === 'catch' ? node.arguments[0] : name === 'then' ? node.arguments[1] : undefined
      if (handler && (isEmpty(handler) || (name === 'catch' && answersNothing(handler)))) {
        context.report({ node: handler, message: `this rejection is swallowed: ${instead}` })
      }
    },
  }),
}

const isEmpty = (handler: Node): boolean =>
  (handler.type === 'ArrowFunctionExpression' || handler.type === 'FunctionExpression') &&
  handler.body?.type === 'BlockStatement' &&
  handler.body.body.length === 0

/** `() => undefined` as the second half of `then` says what a rejection means; as a `catch` it means any error at all. */
const answersNothing = (handler: Node): boolean =>
  handler.type === 'ArrowFunctionExpression' && handler.body.type === 'Identifier' && handler.body.name === 'undefined'
