import { createHash } from 'node:crypto'
import type { Step } from '../provider/index.ts'
import type { JoinPlan, PlannedUser } from './plan.types.ts'

/**
 * The plan for providers that configure over SSH, in order: users, files, commands. Any of them may be run again after a lost answer.
 *
 * An id is a hash of `scope`, of all steps before it and of the step itself. So a step that was done is known again after a lost
 * connection, and whatever comes after something new is new too: `kubeadm join` of the next attempt is not the one of the last.
 * `scope` is the token of the create call, a function of claim and attempt: hosts of a pool serve one claim after the other.
 */
export const steps = (plan: JoinPlan, scope: string): readonly Step[] => {
  const runs: readonly Step['run'][] = [
    ...plan.users.flatMap(userRuns),
    ...plan.files.map(({ path, bytes, mode, owner }) => ({ file: path, bytes, mode, owner })),
    ...plan.commands.map(command => ({ command })),
  ]
  let before = hash(['scope', scope])
  return runs.map(run => {
    const parts = 'command' in run ? ['command', run.command] : ['file', run.file, run.mode, run.owner, run.bytes]
    before = hash([before, ...parts])
    return { id: before, run }
  })
}

/** Each part with its length, so that no two lists of parts are the same bytes. */
const hash = (parts: readonly (string | Uint8Array)[]): string => {
  const sum = createHash('sha256')
  for (const part of parts) {
    const bytes = Buffer.from(part)
    sum.update(`${bytes.length}:`).update(bytes)
  }
  return sum.digest('hex').slice(0, 32)
}

const userRuns = ({ name, sshAuthorizedKeys, sudo }: PlannedUser): readonly Step['run'][] => [
  { command: `id -u ${name} >/dev/null 2>&1 || useradd --create-home --shell /bin/bash ${name}` },
  ...(sshAuthorizedKeys.length > 0 ? [{ command: authorize(name, sshAuthorizedKeys) }] : []),
  ...(sudo
    ? [
        {
          file: `/etc/sudoers.d/90-kube-node-${name}`,
          bytes: Buffer.from(`${name} ALL=(ALL) NOPASSWD:ALL\n`),
          mode: '0440',
          owner: 'root',
        },
      ]
    : []),
]

/** Adds those keys that are not there yet: a user of the image may have others. */
const authorize = (name: string, keys: readonly string[]): string =>
  [
    'set -e',
    `home=$(getent passwd ${name} | cut -d: -f6)`,
    `group=$(id -gn ${name})`,
    `install -d -m 0700 -o ${name} -g "$group" "$home/.ssh"`,
    'keys="$home/.ssh/authorized_keys"',
    'touch "$keys"',
    ...keys.map(key => `grep -qxF -e ${quoted(key)} "$keys" || printf '%s\\n' ${quoted(key)} >>"$keys"`),
    `chown ${name}:"$group" "$keys"`,
    'chmod 0600 "$keys"',
  ].join('\n')

export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
