import { styleText } from 'node:util'
import { type Host, hasColour } from '../terminal/index.ts'

export interface GreetingFacts {
  readonly host: Pick<Host, 'stdout' | 'env'>
  readonly url: string
  readonly metricsPort: number | undefined
  /** Path of the file. */
  readonly kubeconfig: string
  readonly options: { readonly example: boolean; readonly exit: boolean }
  readonly nodeFile: string
  readonly setFile: string
}

/** What one needs to know to use it, commands ready to be copied. */
export const greeting = ({ host, url, metricsPort, kubeconfig, options, nodeFile, setFile }: GreetingFacts): string => {
  const metrics = metricsPort === undefined ? '' : `, metrics at http://127.0.0.1:${metricsPort}/metrics`
  const title = `Kubernetes API at ${url}, machines of a simulated cloud${metrics}`
  if (options.exit) return `${title}\n`
  const commands = [
    `export KUBECONFIG=${quoted(kubeconfig)}`,
    `kubectl create -f ${quoted(nodeFile)}`,
    options.example ? 'kubectl scale nodeset/workers --replicas=5' : `kubectl create -f ${quoted(setFile)}`,
  ]
  const colour = hasColour(host.stdout, host.env)
  const bold = (text: string): string => (colour ? styleText('bold', text, { validateStream: false }) : text)
  return [`${title}. Ctrl-C ends it. In another terminal:`, '', ...commands.map(command => `  ${bold(command)}`), ''].join('\n')
}

/** As a shell needs it. */
const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`)
