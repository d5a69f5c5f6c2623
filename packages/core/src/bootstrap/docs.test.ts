import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { type BootstrapSpec, parseNodeClass } from '../api/index.ts'
import { given, planOf } from './bootstrap.fixture.ts'

const guide = readFileSync(new URL('../../../../docs/bootstrap.md', import.meta.url), 'utf8')
const examples = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => parse(text) as Record<string, unknown>)

it.each(examples)('docs/bootstrap.md shows what works: %j', example => {
  const whole = 'kind' in example ? example : { spec: { provider: 'my-cloud', ...example } }
  const nodeClass = parseNodeClass(whole)
  if (!nodeClass.ok) throw new Error(JSON.stringify(nodeClass.problems))
  const spec: BootstrapSpec = nodeClass.value.spec.bootstrap ?? {}
  const plan = planOf(
    given(spec, {
      class: { name: 'small', config: nodeClass.value.spec.config ?? {} },
      contents: new Map([['/etc/registry/password', Buffer.from('x')]]),
    }),
  )
  expect(plan.commands.length).toBeGreaterThan(spec.commands?.length ?? 0)
})
