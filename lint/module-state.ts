import { keyOf } from './names.ts'
import type { Context, Node, Rule } from './rule.ts'

const message = 'is state of the module, shared by every manager in this process: keep it in what a function returns'

/** Several managers, and several simulated lives, share one heap: a module remembers nothing. */
export const moduleState: Rule = {
  meta: { type: 'problem', schema: [] },
  create: context => ({
    VariableDeclaration(node: Node) {
      if (node.type !== 'VariableDeclaration' || node.declare || !isTopLevel(node)) return
      if (node.kind === 'let' || node.kind === 'var') {
        context.report({ node, message: `a module-level ${node.kind} ${message}` })
        return
      }
      for (const declarator of node.declarations) {
        if (declarator.id.type !== 'Identifier' || !declarator.init) continue
        const { name } = declarator.id
        if (isEmptyCollection(declarator.init) && !saysReadonly(declarator.id)) {
          context.report({ node: declarator, message: `${name}, an empty collection, ${message} (or say that it is a Readonly one)` })
          continue
        }
        const change = changesOf(context, declarator).at(0)
        if (change) context.report({ node: change, message: `${name} is changed here, so it ${message}` })
      }
    },
    PropertyDefinition(node: Node) {
      if (node.type === 'PropertyDefinition' && node.static && !node.readonly && !node.declare) {
        context.report({ node, message: `a static field that is not readonly ${message}` })
      }
    },
    ImportSpecifier(node: Node) {
      if (node.type !== 'ImportSpecifier' || node.parent.type !== 'ImportDeclaration' || node.parent.source.value !== 'prom-client') return
      if (node.imported.type === 'Identifier' && /^(register|globalRegistry|collectDefaultMetrics)$/.test(node.imported.name)) {
        context.report({ node, message: `prom-client's default registry ${message}: make a Registry` })
      }
    },
  }),
}

const isTopLevel = (node: Node): boolean => {
  const parent: Node | null = 'parent' in node ? node.parent : null
  return parent?.type === 'Program' || (parent?.type === 'ExportNamedDeclaration' && parent.parent.type === 'Program')
}

const isEmptyCollection = (node: Node): boolean =>
  node.type === 'NewExpression' &&
  node.callee.type === 'Identifier' &&
  /^(Weak)?(Map|Set)$/.test(node.callee.name) &&
  node.arguments.length === 0

const saysReadonly = (id: Node): boolean => {
  const type = id.type === 'Identifier' && id.typeAnnotation ? id.typeAnnotation.typeAnnotation : undefined
  return type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name.startsWith('Readonly')
}

const mutators: ReadonlySet<string> = new Set([
  'set',
  'add',
  'delete',
  'clear',
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
  'copyWithin',
])

/** Where a top-level constant is changed in place. A regular expression with /g or /y remembers its last match. */
const changesOf = (context: Context, declarator: Node): readonly Node[] => {
  if (declarator.type !== 'VariableDeclarator' || !declarator.init) return []
  const { init } = declarator
  const sticky = init.type === 'Literal' && 'regex' in init && /[gy]/.test(init.regex.flags)
  const holdsState = init.type === 'ArrayExpression' || init.type === 'ObjectExpression' || isCollection(init)
  if (!sticky && !holdsState) return []
  const changes: Node[] = []
  for (const variable of context.sourceCode.getDeclaredVariables(declarator)) {
    for (const { identifier } of variable.references) {
      const access: Node | null = identifier.parent
      if (access?.type !== 'MemberExpression' || access.object !== identifier) continue
      const use: Node | null = access.parent
      const key = keyOf(access) ?? ''
      const called = use.type === 'CallExpression' && use.callee === access
      if (sticky ? called && /^(exec|test)$/.test(key) : (called && mutators.has(key)) || isWrite(access, use)) changes.push(access)
    }
  }
  return changes
}

const isCollection = (node: Node): boolean =>
  node.type === 'NewExpression' && node.callee.type === 'Identifier' && /^((Weak)?(Map|Set)|Array)$/.test(node.callee.name)

const isWrite = (access: Node, use: Node): boolean =>
  (use.type === 'AssignmentExpression' && use.left === access) ||
  use.type === 'UpdateExpression' ||
  (use.type === 'UnaryExpression' && use.operator === 'delete')
