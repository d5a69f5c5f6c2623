import { type Command, Option } from 'commander'
import { defaultController } from '@kube-node/core/api'
import type { AdoptOptions } from './adopt/index.ts'
import type { ExplainOptions } from './explain/index.ts'
import type { StatusOptions } from './status/index.ts'
import type { ThawOptions } from './thaw/index.ts'
import { type Host, collect, parseDuration } from './terminal/index.ts'

export const addStatus = (root: Command, host: Host): void => {
  withCluster(root.command('status [what] [name]'))
    .description('print what there is, in which phase since when, and why it waits')
    .addOption(new Option('-o, --output <format>', 'json, yaml, or wide for more columns').choices(['json', 'yaml', 'wide']))
    .option('-w, --watch', 'show it as it changes, until Ctrl-C')
    .option('-n, --namespace <name>', "where the controllers' Leases are", 'kube-node-system')
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node status                         classes, sets, nodes and controllers
  $ kube-node status -w                      the same, as it changes
  $ kube-node status nodes -o wide           nodes, nodesets or classes alone
  $ kube-node status node/worker-1           one of them, with what comes next
  $ kube-node status -o json | jq '.nodes[] | select(.state == "trouble")'`,
    )
    .action(async (what: string | undefined, name: string | undefined, flags: StatusOptions) => {
      const { status } = await import('./status/index.ts')
      await status(host, what, name, flags)
    })
}

export const addExplain = (root: Command, host: Host): void => {
  withCluster(root.command('explain <what> [name]'))
    .description('print the whole chain of one node on a page: class, set, controller, record, machine, certificates, pods, events')
    .addOption(new Option('-o, --output <format>', 'json or yaml').choices(['json', 'yaml']))
    .addOption(
      new Option('--provider <module>', "ask the provider itself for the node's machine, as in kube-node run; repeatable").argParser(
        collect,
      ),
    )
    .option('-n, --namespace <name>', "where the controllers' Leases are", 'kube-node-system')
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node explain node/worker-1
  $ kube-node explain node/worker-1 --provider @kube-node/provider-aws
  $ kube-node explain nodeset/workers
  $ kube-node explain class/small -o json`,
    )
    .action(async (what: string, name: string | undefined, flags: ExplainOptions) => {
      const { explain } = await import('./explain/index.ts')
      await explain(host, what, name, flags)
    })
}

export const addAdopt = (root: Command, host: Host): void => {
  withCluster(root.command('adopt <node> [name]'))
    .description('put a Node that runs already under a class: kube-node drains it and deletes its machine from then on')
    .requiredOption('--class <name>', 'the NodeClass that shall take it over; needs the verb "adopt" on it')
    .option('--dry-run', 'let the API server judge it, admission policies included, and change nothing')
    .option('--wait', 'until the controller has adopted it, or said why not')
    .option('--timeout <duration>', 'how long --wait may take', parseDuration, '2m')
    .option('-n, --namespace <name>', "where the controllers' Leases are", 'kube-node-system')
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node adopt node/ip-10-0-0-7 --class small --dry-run
  $ kube-node adopt node/ip-10-0-0-7 --class small --wait`,
    )
    .action(async (what: string, name: string | undefined, flags: AdoptOptions) => {
      const { adopt } = await import('./adopt/index.ts')
      await adopt(host, what, name, flags)
    })
}

export const addThaw = (root: Command, host: Host): void => {
  withCluster(root.command('thaw'))
    .description('let deletions go on that are frozen since the API server was restored from a backup; look at what is left first')
    .option('--controller <name>', 'the spec.controller of the classes', defaultController)
    .option('-n, --namespace <name>', 'where the controller keeps its Lease and the freeze', 'kube-node-system')
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node status      classes say since when deletions are frozen, and why
  $ kube-node thaw`,
    )
    .action(async (flags: ThawOptions) => {
      const { thaw } = await import('./thaw/index.ts')
      await thaw(host, flags)
    })
}

const withCluster = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'kubeconfig to use instead')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
