import { keyOf } from './names.ts'
import type { Node, Rule } from './rule.ts'

/** Order and text must not depend on the machine's language. */
export const defaultLocale: Rule = {
  meta: { type: 'problem', schema: [] },
  create: context => ({
    CallExpression(node: Node) {
      if (node.type !== 'CallExpression') return
      const name = keyOf(node.callee) ?? ''
      if (name === 'localeCompare' && node.arguments.length < 2) {
        context.report({ node, message: "localeCompare without a locale sorts by the machine's language: compare with < and >" })
      }
      if (/^toLocale[A-Z]/.test(name) && node.arguments.length === 0) {
        context.report({ node, message: `${name} without a locale depends on the machine's language` })
      }
    },
    NewExpression(node: Node) {
      if (node.type !== 'NewExpression' || node.arguments.length > 0 || node.callee.type !== 'MemberExpression') return
      const { object } = node.callee
      if (object.type === 'Identifier' && object.name === 'Intl') {
        context.report({ node, message: "Intl without a locale depends on the machine's language" })
      }
    },
  }),
}
