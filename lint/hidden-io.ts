import { forbid } from './forbid.ts'
import type { Rule } from './rule.ts'

/** Files, processes and sockets belong to the transport folders, which .oxlintrc.json lists by name. */
export const hiddenIo: Rule = forbid([
  {
    names: /^(fetch|WebSocket|EventSource|XMLHttpRequest)$|^undici$|^node:(net|tls|http|https|http2|dgram|dns|dns\/promises)$/,
    instead: 'talk to the API server through KubeTransport, to clouds through a provider',
  },
  { names: /^node:(fs|fs\/promises|child_process|worker_threads|cluster|readline|readline\/promises|repl)$/, instead: 'make it a port' },
  { names: /^process\.(exit|abort|kill|on|once|stdin|stdout|stderr)(\.|$)/, instead: 'a library leaves the process to its host' },
])
