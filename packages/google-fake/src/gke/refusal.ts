import type { Answer } from '../wire/index.ts'

/**
 * As GKE refuses: a status of gRPC beside the HTTP one, and details.
 * https://cloud.google.com/apis/design/errors#http_mapping, and the bodies that people report (see container.ts).
 */
export const containerRefused = (code: number, reason: string, status: string, message: string): Answer => ({
  status: code,
  body: {
    error: {
      code,
      message,
      errors: [{ message, domain: 'global', reason }],
      status,
      details: [{ '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: '0xbc082b8846774fe9' }],
    },
  },
})
