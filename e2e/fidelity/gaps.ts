import type { Divergence } from './compare.ts'
import type { Step } from './script.ts'

/**
 * A divergence that is known and not mended yet. A script that meets one is compared up to there and no further, since everything
 * after it may follow from it. Each entry is a debt: mend it and take it out.
 */
export interface Gap {
  readonly name: string
  readonly what: string
  matches(step: Step, divergence: Divergence): boolean
}

const says = (value: unknown, word: string): boolean => JSON.stringify(value ?? null).includes(word)
const at = ({ path }: Divergence, start: string): boolean => path.join('.').startsWith(start)

const builtin: ReadonlySet<string> = new Set(['pods', 'nodes', 'configmaps', 'secrets', 'events', 'replicasets'])

export const gaps: readonly Gap[] = [
  {
    name: 'causes',
    what: 'An invalid object has causes that are missing, more, worded differently or in another order.',
    matches: (_, d) => at(d, 'body.details.causes') || (at(d, 'body.message') && says(d.real, 'is invalid')),
  },
  {
    name: 'refusal-order',
    what: 'Of several things that are wrong with a request, another one is told first (both refuse it).',
    matches: (_, d) => d.path.join() === 'status' && Number(d.embedded) >= 400 && Number(d.real) >= 400,
  },
  {
    name: 'refusal-words',
    what: 'A refusal with the same status and reason is worded differently.',
    matches: (_, d) => at(d, 'body.message'),
  },
  {
    name: 'pod-warnings',
    what: "Warnings about unusual but valid fields of built-in kinds (a dot in a Pod's name, deprecated fields) are not given.",
    matches: (step, d) => builtin.has(step.resource) && at(d, 'warnings') && says(d.embedded, '[]'),
  },
  {
    name: 'pod-status',
    what: "A Pod's `podIPs` do not follow `podIP`, and `qosClass` can be taken away through status.",
    matches: (step, d) => step.resource === 'pods' && (at(d, 'body.status.podIPs') || at(d, 'body.status.qosClass')),
  },
  {
    name: 'namespace-status',
    what: 'A write to the status of a namespace that is being deleted changes its labels in kube-apiserver, and nothing here.',
    matches: (step, d) => step.resource === 'namespaces' && step.sub === 'status' && at(d, 'body.metadata'),
  },
  {
    name: 'unvalidated',
    what: "Values that only kube-apiserver's hand-written validation of built-in kinds refuses are taken (rules of updates above all).",
    matches: (step, d) =>
      step.do === 'request' &&
      d.path.join() === 'status' &&
      Number(d.embedded) < 300 &&
      (d.real === 422 || d.real === 400 || d.real === 500),
  },
  {
    name: 'gadget-terminating',
    what: 'While a definition is being deleted, its objects can still be made.',
    matches: (step, d) => step.resource === 'gadgets' && d.path.join() === 'status' && d.real === 403,
  },
]
