import { whatIsNamed } from './names.ts'
import type { Context, Node, Rule, Visitor } from './rule.ts'

export interface Law {
  /** Matched against canonical names (names.ts): `Date.now`, `node:fs.readFile`, `node:fs`. */
  readonly names: RegExp
  /** What to do instead, ending the sentence "... is outside of the simulated world: ...". */
  readonly instead: string
}

/** A rule that forbids to take things from outside. The option `allow` lists canonical names that a file may use all the same. */
export const forbid = (laws: readonly Law[], more: (context: Context) => Visitor = () => ({})): Rule => ({
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { allow: { type: 'array', items: { type: 'string' } } }, additionalProperties: false }],
  },
  create(context) {
    const allowed = allowedIn(context)
    const found = (name: string, node: Node): void => {
      const law = laws.find(({ names }) => names.test(name))
      if (!law || allowed.some(a => name === a || name.startsWith(`${a}.`))) return
      context.report({ node, message: `${name} is outside of the simulated world: ${law.instead}` })
    }
    return { ...whatIsNamed(context, found), ...more(context) }
  },
})

const allowedIn = (context: Context): readonly string[] => {
  const [option] = context.options
  if (typeof option !== 'object' || option === null || !('allow' in option) || !Array.isArray(option['allow'])) return []
  return option['allow'].filter(name => typeof name === 'string')
}
