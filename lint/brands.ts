import { dirname, resolve } from 'node:path'
import { placeOf } from './place.ts'
import type { Node, Rule } from './rule.ts'

const branded: ReadonlySet<string> = new Set(['ProviderError', 'ApiError', 'TransportError', 'DeadlineExceeded'])

/**
 * Two installed copies of a package are normal, and a class of one is not a class of the other. So `instanceof` is for
 * the language's own classes and for those that never leave the room that they are written in.
 */
export const brands: Rule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const foreign = new Set<string>()
    return {
      ImportDeclaration(node: Node) {
        if (node.type !== 'ImportDeclaration') return
        const from = node.source.value
        const fromElsewhere = from.startsWith('.') ? !isSameRoom(context.filename, from) : /^(@kube-node\/|kube-node$)/.test(from)
        if (!fromElsewhere && !from.startsWith('.')) return
        for (const { local } of node.specifiers) if (fromElsewhere || branded.has(local.name)) foreign.add(local.name)
      },
      BinaryExpression(node: Node) {
        if (node.type !== 'BinaryExpression' || node.operator !== 'instanceof' || node.right.type !== 'Identifier') return
        const { name } = node.right
        if (foreign.has(name)) context.report({ node, message: `another copy's ${name} is no instance of this one: ask ${name}.is()` })
      },
    }
  },
}

const isSameRoom = (filename: string, specifier: string): boolean => {
  const here = placeOf(filename)
  const there = placeOf(resolve(dirname(filename), specifier))
  return here !== undefined && here.folder === there?.folder && here.room === there.room
}
