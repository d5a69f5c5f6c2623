import { group } from '../../api/index.ts'
import { verbs } from '../verbs.ts'
import { text, who } from './cel.ts'
import type { Validation } from './policy.ts'

/** Says that a verb is missing, in words that an administrator can act on. `className` is an expression. */
export const lacks = (verb: string, className: string, doing: string = `${verb} NodeClass`): Validation['message'] => ({
  expression:
    `${who} + ${text(` may not ${doing} `)} + (${className} == '' ? '(all of them: this Node names none)' : ${className}) + ` +
    text(`: an administrator grants it with the verb "${verb}" on nodeclasses.${group}`),
  otherwise: `the verb "${verb}" on that NodeClass (nodeclasses.${group}) is missing`,
})

/** The same words from each policy that asks for it: which of them an API server names first is chance. */
export const lacksAdoption = (className: string): Validation['message'] => lacks(verbs.adopt, className, 'adopt Nodes for NodeClass')
