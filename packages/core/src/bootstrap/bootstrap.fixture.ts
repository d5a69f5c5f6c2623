import { certificates } from './certificates.fixture.ts'
import type { BootstrapInput, ClusterFacts, JoinPlan } from './plan.types.ts'
import { planBootstrap } from './plan.ts'

export const facts: ClusterFacts = {
  uid: '11111111-2222-3333-4444-555555555555',
  server: 'https://203.0.113.7:6443',
  ca: certificates[0].pem,
  dns: ['10.96.0.10'],
  domain: 'cluster.local',
}

export const secretOfToken = '0123456789abcdef'

/** A claim `worker-1` of class `small`, whose bootstrap is what the test says. */
export const given = (spec: BootstrapInput['spec'], more: Partial<BootstrapInput> = {}): BootstrapInput => ({
  spec,
  node: { name: 'worker-1', labels: { 'kube-node.dev/class': 'small', tier: 'web' } },
  class: { name: 'small', config: { instanceType: 'm7i.large', disks: [{ size: 20 }] } },
  cluster: { ok: true, value: facts },
  token: { id: 'abcdef', secret: secretOfToken },
  contents: new Map(),
  ...more,
})

export const planOf = (input: BootstrapInput): JoinPlan => {
  const result = planBootstrap(input)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

export const problemsOf = (input: BootstrapInput): readonly string[] => {
  const result = planBootstrap(input)
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`)
}

/** The text of a file that must be in the plan. */
export const textOf = (plan: JoinPlan, path: string): string => {
  const file = plan.files.find(one => one.path === path)
  if (!file) throw new Error(`no ${path} among ${plan.files.map(one => one.path).join(', ')}`)
  return Buffer.from(file.bytes).toString('utf8')
}
