import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ChangeOptions, HistoryOptions, RolloutStatusOptions, UndoOptions } from './rollout/index.ts'
import { type Host, parseCount, parseDuration } from './terminal/index.ts'

export const addRollout = (root: Command, host: Host): void => {
  const rollout = root.command('rollout').description('follow, stop, take back and begin rollouts of NodeSets')
  rollout.addHelpText(
    'after',
    `
Examples:
  $ kube-node rollout status nodeset/workers --timeout 30m
  $ kube-node rollout history nodeset/workers
  $ kube-node rollout undo nodeset/workers --dry-run`,
  )
  addRolloutStatus(rollout, host)
  addHistory(rollout, host)
  addUndo(rollout, host)
  addChange(rollout, host, 'pause', 'stop a rollout where it is; the set scales and replaces what is gone all the same')
  addChange(rollout, host, 'resume', 'let a paused set roll again')
  addChange(rollout, host, 'restart', 'replace every node of a set, as its strategy says')
}

const addRolloutStatus = (rollout: Command, host: Host): void => {
  withCluster(rollout.command('status <nodeset> [name]'), "where the controllers' Leases are")
    .description('tell how far a rollout is and why it waits, until it has ended; exit code 1 when it has failed')
    .addOption(new Option('-w, --watch [boolean]', 'until it has ended; false: as it is now').argParser(parseBoolean).default(true))
    .option('--timeout <duration>', 'how long at the most; 0s is for ever', parseDuration, '0s')
    .addOption(new Option('-o, --output <format>', 'json: a line for each change').choices(['json']))
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node rollout status nodeset/workers
  $ kube-node rollout status nodeset/workers --timeout 30m || kube-node rollout undo nodeset/workers
  $ kube-node rollout status nodeset/workers --watch=false -o json`,
    )
    .action(async (what: string, name: string | undefined, flags: RolloutStatusOptions) => {
      const { rolloutStatus } = await import('./rollout/index.ts')
      await rolloutStatus(host, what, name, flags)
    })
}

const addHistory = (rollout: Command, host: Host): void => {
  withCluster(rollout.command('history <nodeset> [name]'), 'where the controller keeps the revisions')
    .description('print the revisions of a set: what each changed, and how many nodes have it')
    .option('--revision <number>', 'print the content of that one', parseRevision)
    .addOption(new Option('-o, --output <format>', 'json or yaml').choices(['json', 'yaml']))
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node rollout history nodeset/workers
  $ kube-node rollout history nodeset/workers --revision 3`,
    )
    .action(async (what: string, name: string | undefined, flags: HistoryOptions) => {
      const { history } = await import('./rollout/index.ts')
      await history(host, what, name, flags)
    })
}

const addUndo = (rollout: Command, host: Host): void => {
  withCluster(rollout.command('undo <nodeset> [name]'), 'where the controller keeps the revisions')
    .description('take a set back to the revision before, or to another one; what its class said then is written to the class')
    .option('--to-revision <number>', 'as kube-node rollout history numbers them (default: the one before)', parseRevision)
    .option('--class', 'write the class though others use it too: it changes for them as well')
    .option('--dry-run', 'print what would be written, let the API server judge it, and change nothing')
    .addHelpText(
      'after',
      `
Examples:
  $ kube-node rollout undo nodeset/workers --dry-run
  $ kube-node rollout undo nodeset/workers
  $ kube-node rollout undo nodeset/workers --to-revision 3 --class`,
    )
    .action(async (what: string, name: string | undefined, flags: UndoOptions) => {
      const { undo } = await import('./rollout/index.ts')
      await undo(host, what, name, flags)
    })
}

const addChange = (rollout: Command, host: Host, verb: 'pause' | 'resume' | 'restart', description: string): void => {
  withCluster(rollout.command(`${verb} <nodeset> [name]`), "where the controllers' Leases are")
    .description(description)
    .addHelpText('after', `\nExample:\n  $ kube-node rollout ${verb} nodeset/workers`)
    .action(async (what: string, name: string | undefined, flags: ChangeOptions) => {
      const commands = await import('./rollout/index.ts')
      await commands[verb](host, what, name, flags)
    })
}

/** As kubectl has its flags: the value goes with "=", or is left out. */
const parseBoolean = (text: string): boolean => {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('it is true or false; what else there is goes before it.')
  return text === 'true'
}

/** kubectl's 0 is the revision before, as no number is. */
const parseRevision = (text: string): number | undefined => parseCount(0, Number.MAX_SAFE_INTEGER)(text) || undefined

const withCluster = (command: Command, namespace: string): Command =>
  command
    .option('-n, --namespace <name>', namespace, 'kube-node-system')
    .option('--kubeconfig <file>', 'kubeconfig to use instead')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
