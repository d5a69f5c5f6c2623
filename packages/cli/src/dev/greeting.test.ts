import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { type GreetingFacts, greeting } from './greeting.ts'

const facts: GreetingFacts = {
  host: { stdout: new PassThrough(), env: {} },
  url: 'http://127.0.0.1:7443',
  metricsPort: undefined,
  kubeconfig: '/run/user/7/kube-node-7443.kubeconfig',
  options: { example: true, exit: false },
  nodeFile: 'examples/node1.yaml',
  setFile: 'examples/nodeset.yaml',
}

it('says all that one has to type', () => {
  expect(greeting(facts).split('\n')).toEqual([
    'Kubernetes API at http://127.0.0.1:7443, machines of a simulated cloud. Ctrl-C ends it. In another terminal:',
    '',
    '  export KUBECONFIG=/run/user/7/kube-node-7443.kubeconfig',
    '  kubectl create -f examples/node1.yaml',
    '  kubectl scale nodeset/workers --replicas=5',
    '',
  ])
  expect(greeting({ ...facts, options: { example: false, exit: false } })).toContain('\n  kubectl create -f examples/nodeset.yaml\n')
})

it('quotes what a shell would take apart', () => {
  expect(greeting({ ...facts, kubeconfig: "/home/o'hara/my files/k" })).toContain("export KUBECONFIG='/home/o'\\''hara/my files/k'\n")
})

it('says where metrics are, if anywhere', () => {
  expect(greeting({ ...facts, metricsPort: 9090 })).toContain('cloud, metrics at http://127.0.0.1:9090/metrics. Ctrl-C')
})
