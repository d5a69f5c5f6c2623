import { builtinModules } from 'node:module'
import type { Context, Node, Visitor } from './rule.ts'

/**
 * Calls `found` with everything that a file takes from outside of it, by one canonical name whatever way it was spelled:
 * `Date.now` for `globalThis.Date['now']` and for `const { now } = Date`; `node:crypto.randomUUID` for a named import,
 * a namespace or a default import of `crypto` or `node:crypto`. Types don't count: they are gone when the program runs.
 */
export const whatIsNamed = (context: Context, found: (name: string, node: Node) => void): Visitor => ({
  Identifier(node: Node) {
    if (node.type === 'Identifier' && isValue(node) && context.sourceCode.isGlobalReference(node)) {
      for (const name of pathsFrom(node.name, node)) found(withoutGlobalThis(name), node)
    }
  },
  ImportDeclaration(node: Node) {
    if (node.type !== 'ImportDeclaration' || node.importKind === 'type') return
    const from = moduleName(node.source.value)
    found(from, node)
    for (const specifier of node.specifiers) {
      if (specifier.type === 'ImportSpecifier') {
        if (specifier.importKind !== 'type') found(member(from, nameOf(specifier.imported)), specifier)
        continue
      }
      for (const variable of context.sourceCode.getDeclaredVariables(specifier)) {
        for (const { identifier } of variable.references) {
          for (const name of pathsFrom(from, identifier)) if (name !== from) found(canonical(name), identifier)
        }
      }
    }
  },
  ExportNamedDeclaration(node: Node) {
    if (node.type !== 'ExportNamedDeclaration' || node.exportKind === 'type' || !node.source) return
    found(moduleName(node.source.value), node)
    for (const specifier of node.specifiers) found(member(moduleName(node.source.value), nameOf(specifier.local)), specifier)
  },
  ExportAllDeclaration(node: Node) {
    if (node.type === 'ExportAllDeclaration' && node.exportKind !== 'type') found(moduleName(node.source.value), node)
  },
  ImportExpression(node: Node) {
    if (node.type === 'ImportExpression' && node.source.type === 'Literal') found(moduleName(String(node.source.value)), node)
  },
})

const builtin: ReadonlySet<string> = new Set(builtinModules)
export const moduleName = (specifier: string): string => (builtin.has(specifier) ? `node:${specifier}` : specifier)

/** `node:process.nextTick` is the same thing as the global `process.nextTick`. */
const canonical = (name: string): string => withoutGlobalThis(name.replace(/^node:(process|timers)\.(default\.)?/, '$1.'))
const member = (from: string, name: string): string => canonical(`${from}.${name}`)
const withoutGlobalThis = (name: string): string => name.replace(/^(globalThis|global)\./, '')

const nameOf = (node: Node): string => (node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : '')

const isValue = (node: Node): boolean => {
  const parent: Node | null = 'parent' in node ? node.parent : null
  return parent?.type !== 'TSTypeQuery' && parent?.type !== 'TSQualifiedName'
}

/** The longest dotted names that start at `node`: several when it is taken apart by destructuring. */
const pathsFrom = (start: string, node: Node): readonly string[] => {
  let name = start
  let at = node
  for (;;) {
    const parent: Node | null = 'parent' in at ? at.parent : null
    if (parent?.type === 'MemberExpression' && parent.object === at) {
      const key = keyOf(parent)
      if (key === undefined) return [name]
      name = `${name}.${key}`
      at = parent
      continue
    }
    if (parent?.type === 'VariableDeclarator' && parent.init === at && parent.id.type === 'ObjectPattern') {
      return [name, ...parent.id.properties.flatMap(p => (p.type === 'Property' && !p.computed ? [`${name}.${nameOf(p.key)}`] : []))]
    }
    return [name]
  }
}

/** The name of a member when it can be known: `a.b`, `a['b']`. */
export const keyOf = (node: Node): string | undefined => {
  if (node.type !== 'MemberExpression') return undefined
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : undefined
  return node.property.type === 'Literal' && typeof node.property.value === 'string' ? node.property.value : undefined
}
