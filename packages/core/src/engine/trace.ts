import { SpanStatusCode, trace } from '@opentelemetry/api'
import { errorText } from '../runtime/index.ts'

/**
 * Runs `work` in a span. Without an OpenTelemetry SDK in the process, which is the host's to choose, that is nothing. An error's text
 * is told in the span: no secret may be in it.
 */
export const traced = <T>(name: string, attributes: Readonly<Record<string, string | number>>, work: () => Promise<T>): Promise<T> =>
  trace.getTracer('@kube-node/core').startActiveSpan(name, { attributes }, async span => {
    try {
      return await work()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: errorText(error) })
      throw error
    } finally {
      span.end()
    }
  })
