import { brands } from './brands.ts'
import { commentedCasts } from './commented-casts.ts'
import { defaultLocale } from './default-locale.ts'
import { hiddenChance } from './hidden-chance.ts'
import { hiddenConcurrency } from './hidden-concurrency.ts'
import { hiddenIo } from './hidden-io.ts'
import { hiddenTime } from './hidden-time.ts'
import { lineLength } from './line-length.ts'
import { moduleState } from './module-state.ts'
import { rooms } from './rooms.ts'
import type { Rule } from './rule.ts'
import { swallowedErrors } from './swallowed-errors.ts'

interface Plugin {
  readonly meta: { readonly name: string }
  readonly rules: Readonly<Record<string, Rule>>
}

/** The laws of this house for oxlint; .oxlintrc.json says where each holds, and why a file is exempt. */
const plugin: Plugin = {
  meta: { name: 'kube-node' },
  rules: {
    'hidden-time': hiddenTime,
    'hidden-chance': hiddenChance,
    'hidden-concurrency': hiddenConcurrency,
    'hidden-io': hiddenIo,
    'default-locale': defaultLocale,
    'module-state': moduleState,
    brands,
    rooms,
    'swallowed-errors': swallowedErrors,
    'commented-casts': commentedCasts,
    'line-length': lineLength,
  },
}

export default plugin
