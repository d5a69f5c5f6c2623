import type { HealthAnswer } from './manager.types.ts'
import type { MetricsRegistry } from './metrics.ts'

/** One thing that must be well. Empty: it is; else why not. */
export interface Check {
  readonly name: string
  readonly problem: string
  /** What to tell of it while it is well. */
  readonly note?: string
}

export interface Health {
  /** For a liveness probe: only what a restart would mend. */
  live(): readonly Check[]
  /** For a readiness probe, and for people who ask why nothing happens. */
  ready(): readonly Check[]
  readonly metrics: MetricsRegistry
}

const plain = 'text/plain; charset=utf-8'

export const handle = async (health: Health, path: string): Promise<HealthAnswer> => {
  switch (path) {
    case '/healthz':
      return report(health.live())
    case '/readyz':
      return report(health.ready())
    case '/metrics':
      return { status: 200, headers: { 'content-type': health.metrics.contentType }, body: await health.metrics.text() }
    default:
      return { status: 404, headers: { 'content-type': plain }, body: 'not found: try /healthz, /readyz or /metrics\n' }
  }
}

/** In the API server's own style: `[+]leader-election ok`, `[-]nodes failed: ...`. */
const report = (checks: readonly Check[]): HealthAnswer => {
  const lines = checks.map(({ name, problem, note = '' }) => {
    if (problem !== '') return `[-]${name} failed: ${problem}`
    return note === '' ? `[+]${name} ok` : `[+]${name} ok: ${note}`
  })
  const well = checks.every(check => check.problem === '')
  return { status: well ? 200 : 503, headers: { 'content-type': plain }, body: [...lines, well ? 'ok' : 'not ok', ''].join('\n') }
}
