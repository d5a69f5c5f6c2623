import { textAt } from '../objects/index.ts'
import type { KindRules } from './rules.ts'

/** The server writes down who asks; approvers decide by it. */
export const certificateSigningRequest: KindRules = {
  fields: { 'spec.signerName': object => textAt(object, 'spec', 'signerName') },
  prepareCreate: (draft, _context, user) => {
    const { extra, groups, uid, username } = user
    draft['spec'] = {
      ...(draft['spec'] as object),
      username,
      groups,
      ...(uid === undefined ? {} : { uid }),
      ...(extra === undefined ? {} : { extra }),
    }
  },
  // What was asked for never changes: only approval and status do.
  prepareUpdate: (draft, old) => {
    draft['spec'] = old['spec']
  },
}
