import type { ManifestOptions } from '@kube-node/core/manifests'
import { errorText } from '@kube-node/core/runtime'
import { Command, CommanderError, Option } from 'commander'
import { addAdopt, addExplain, addStatus, addThaw } from './clusterCommands.ts'
import { addRollout } from './rolloutCommands.ts'
import type { DevOptions } from './dev/index.ts'
import type { RunOptions } from './run/index.ts'
import {
  CommandFailed,
  type Host,
  collect,
  logLevels,
  manifestParts,
  packageVersion,
  parseAddress,
  parseCount,
  parseDuration,
  parsePart,
  parsePort,
  parseServer,
} from './terminal/index.ts'

/**
 * Runs the command line that `args` (without node and script) are. Never ends the process.
 * @returns the exit code: 0 when it did what it was asked for, or stopped because it was told to; 1 when it could not; 2
 * when it was called in a wrong way.
 */
export const main = async (args: readonly string[], host: Host): Promise<number> => {
  try {
    await program(host).parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    // Commander has printed what it had to say; help and version end this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (CommandFailed.is(error)) {
      host.stderr.write(`kube-node: ${error.message}\n`)
      return error.exitCode
    }
    host.stderr.write(`kube-node: ${isDefect(error) ? (error.stack ?? error.message) : errorText(error)}\n`)
    return 1
  }
}

/** An error that no user can do anything about but report it: whoever gets it needs to know where it came from. */
const isDefect = (error: unknown): error is Error =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError || error instanceof RangeError

const program = (host: Host): Command => {
  const root = new Command('kube-node')
    .description('Kubernetes nodes from claims: kubectl create -f node.yaml makes the machine, kubectl delete node deletes it.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: text => void host.stdout.write(text),
      writeErr: text => void host.stderr.write(text),
      getOutHelpWidth: () => host.stdout.columns ?? 100,
      getErrHelpWidth: () => host.stderr.columns ?? 100,
    })
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node dev --example                            a cluster to try it on: no cloud, no Kubernetes needed
  $ kube-node manifests | kubectl apply -f -           install CRDs, rights, policies
  $ kube-node run --provider @kube-node/provider-aws   run the controllers on the cluster of your kubeconfig
  $ kube-node status                                   what there is, and why it waits`,
    )
  addDev(root, host)
  addRun(root, host)
  addManifests(root, host)
  addStatus(root, host)
  addExplain(root, host)
  addRollout(root, host)
  addAdopt(root, host)
  addThaw(root, host)
  return root
}

/** Flags that are not given are absent. */
type DevFlags = Omit<DevOptions, 'example' | 'exit'> & Partial<Pick<DevOptions, 'example' | 'exit'>>

const addDev = (root: Command, host: Host): void => {
  root
    .command('dev')
    .description('run an API server, a simulated cloud and the controllers in one process, and show what happens')
    .option('--port <number>', 'port of the API server on 127.0.0.1; 0 takes a free one (default: 7443, with --exit a free one)', parsePort)
    .option('--kubeconfig <file>', 'where to write the kubeconfig (default: in the folder for temporary files)')
    .option('--example', 'make a NodeSet "workers" too')
    .option('--nodes <number>', 'nodes of that set', parseCount(0, 500), 3)
    .option('--boot-time <duration>', 'how long machines take to boot, half as long to half again as long', parseDuration, '2s')
    .option('--metrics-port <number>', 'serve /metrics, /healthz and /readyz there', parsePort)
    .option('--exit', 'play the example once and exit: create a node beside the set, delete it, look for leaked machines')
    .option('--timeout <duration>', 'how long --exit may take', parseDuration, '60s')
    .addOption(new Option('--log-level <level>', 'the least level of log to print').choices(logLevels).default('warn'))
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node dev --example --nodes 5
  $ kube-node dev --port 0 --kubeconfig ./dev.kubeconfig
  $ kube-node dev --example --exit`,
    )
    .action(async (flags: DevFlags) => {
      const { dev } = await import('./dev/index.ts')
      await dev(host, { ...flags, exit: flags.exit === true, example: flags.example === true || flags.exit === true })
    })
}

const addRun = (root: Command, host: Host): void => {
  root
    .command('run')
    .description("run the controllers on the cluster of the current kubeconfig (KUBECONFIG, ~/.kube/config, or the pod's service account)")
    .addOption(
      new Option('--provider <module>', 'npm package or file that exports a provider; module#name for one export; repeatable')
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .option('--kubeconfig <file>', 'kubeconfig to use instead')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--controller <name>', 'serve the NodeClasses whose spec.controller is this', 'kube-node.dev/controller')
    .option('--leader-elect', 'act only while holding a Lease', true)
    .option('--no-leader-elect', 'act without a Lease: only where no second one can run')
    .option('--leader-election-namespace <name>', 'where the Lease is, and what providers keep', 'kube-node-system')
    .option(
      '--cluster-server <url>',
      'where machines that join reach the API server (default: as kube-public/cluster-info says)',
      parseServer,
    )
    .option('--cluster-ca-file <file>', 'PEM of the authority of its certificate (default: as kube-public/cluster-info says)')
    .option('--cluster-dns <ip>', "address of the cluster's DNS; repeatable (default: Service kube-system/kube-dns)", parseAddress)
    .option('--no-certificates', 'leave the certificate requests of kubelets to others')
    .option('--cloud-controller-manager', 'one runs in this cluster: nodes are Running when it has initialised them')
    .option('--dry-run-gc', 'delete no machine for want of its Node, no Node for want of its machine, and no left-over token: tell of them')
    .option('--health-port <number>', 'serve /healthz and /readyz (and /metrics) there', parsePort)
    .option('--metrics-port <number>', 'serve /metrics there, where it shall be another port', parsePort)
    .addOption(new Option('--log-format <format>', 'what a line of log looks like').choices(['text', 'json']).default('text'))
    .addOption(new Option('--log-level <level>', 'the least level of log to print').choices(logLevels).default('info'))
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node run --provider @kube-node/provider-aws
  $ kube-node run --provider ./my-provider.ts --provider @kube-node/provider-gce#gce --context staging
  $ kube-node run --provider ./my-provider.ts --health-port 8081 --log-format json`,
    )
    .action(async (flags: RunOptions) => {
      const { run } = await import('./run/index.ts')
      await run(host, flags)
    })
}

type ManifestFlags = Omit<ManifestOptions, 'kubeletProviderIDs'> & { readonly kubeletProviderId?: readonly string[] }

const addManifests = (root: Command, host: Host): void => {
  root
    .command('manifests')
    .description('print what a cluster needs, as YAML: CRDs, namespace, service account, roles, admission policies')
    .option('--namespace <name>', "the controller's namespace", 'kube-node-system')
    .option('--service-account <name>', 'service account that the controller runs as', 'kube-node')
    .option('--user <name>', "user that the controller's kubeconfig stands for, instead of a service account")
    .option(
      '--deny-early-deletion <user>',
      'may not delete claims that are being provisioned; repeatable (default: cloud controllers)',
      collect,
    )
    .option('--kubelet-provider-id <prefix>', 'what providerIDs that kubelets register with start with; repeatable (default: any)', collect)
    .option('--guard-unclaimed-nodes', 'ask for the verb "bypass" of whoever creates or deletes Nodes that are no claims')
    .option('--only <part>', `print that part alone: ${manifestParts.join(', ')}; repeatable`, parsePart)
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node manifests | kubectl apply -f -
  $ kube-node manifests --only crds | kubectl apply -f -
  $ kube-node manifests --namespace nodes --user ci-controller > kube-node.yaml`,
    )
    .action(async ({ kubeletProviderId: kubeletProviderIDs, ...options }: ManifestFlags) => {
      const { printManifests } = await import('./manifests/index.ts')
      host.stdout.write(printManifests({ ...options, ...(kubeletProviderIDs && { kubeletProviderIDs }) }))
    })
}
