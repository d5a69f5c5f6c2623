import type { HealthAnswer, Manager, MetricsRegistry } from '@kube-node/core'

/** What a pod's probes ask: the manager that lives now, or, while there is none, what is waited for. */
export interface Probe extends Pick<Manager, 'handle'> {
  answers(manager: Pick<Manager, 'handle'>): void
  waitsFor(what: string): void
}

const headers = { 'content-type': 'text/plain; charset=utf-8' }

export const createProbe = (metrics: MetricsRegistry): Probe => {
  let manager: Pick<Manager, 'handle'> | undefined
  let waiting = 'it has just started'

  /** To wait is healthy: a restart would not help. */
  const answerAlone = async (path: string): Promise<HealthAnswer> => {
    if (path === '/healthz') return { status: 200, headers, body: 'ok\n' }
    if (path === '/readyz') return { status: 503, headers, body: `[-]start failed: ${waiting}\nnot ok\n` }
    if (path === '/metrics') return { status: 200, headers: { 'content-type': metrics.contentType }, body: await metrics.text() }
    return { status: 404, headers, body: 'not found: try /healthz, /readyz or /metrics\n' }
  }

  return {
    handle: path => (manager ? manager.handle(path) : answerAlone(path)),
    answers(next) {
      manager = next
    },
    waitsFor(what) {
      manager = undefined
      waiting = what
    },
  }
}
