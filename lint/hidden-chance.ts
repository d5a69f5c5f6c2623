import { forbid } from './forbid.ts'
import type { Rule } from './rule.ts'

/** One seed, one history: chance comes from the runtime. */
export const hiddenChance: Rule = forbid([
  { names: /^Math\.random$/, instead: 'use the injected runtime.random()' },
  { names: /^(crypto|node:crypto(\.webcrypto)?)\.randomUUID$/, instead: 'use the injected runtime.uuid()' },
  {
    names: /^node:crypto\.(random\w+|getRandomValues|webcrypto|pseudoRandomBytes)(\.|$)|^crypto(\.|$)/,
    instead: 'use the injected runtime.random() or runtime.uuid(); hashing is synchronous in node:crypto',
  },
])
