import type { JoinPlan, PlannedFile, PlannedUser } from './plan.types.ts'
import { isAscii, isPrintable, toYaml } from './yaml.ts'

export const cloudConfigType = 'text/cloud-config'

export interface CloudConfigOptions {
  /** Nothing but ASCII in it: files with other characters go in base64. Default: false, for people who read it. */
  readonly ascii?: boolean
}

/** The plan in cloud-init's words, with the header that tells cloud-init so. */
export const cloudConfig = (plan: JoinPlan, options: CloudConfigOptions = {}): string =>
  `#cloud-config\n${toYaml(document(plan, options.ascii ? isAscii : isPrintable), options)}`

const document = (plan: JoinPlan, isText: (text: string) => boolean): Readonly<Record<string, unknown>> => ({
  ...(plan.hostname !== undefined && {
    hostname: plan.hostname,
    preserve_hostname: false,
    // Else the part after the first dot is cut off.
    ...(plan.hostname.includes('.') && { prefer_fqdn_over_hostname: true }),
  }),
  // A list without `default` would take away the image's own user, and with it the keys that the cloud was told to let in.
  ...(plan.users.length > 0 && { users: ['default', ...plan.users.map(user)] }),
  ...(plan.files.length > 0 && { write_files: plan.files.map(one => file(one, isText)) }),
  // runcmd becomes one script of /bin/sh; a failed line ends it.
  ...(plan.commands.length > 0 && { runcmd: ['set -e', ...plan.commands.map(command => ['/bin/sh', '-c', command])] }),
})

const user = ({ name, sshAuthorizedKeys, sudo }: PlannedUser): Readonly<Record<string, unknown>> => ({
  name,
  shell: '/bin/bash',
  lock_passwd: true,
  ...(sudo && { sudo: 'ALL=(ALL) NOPASSWD:ALL' }),
  ...(sshAuthorizedKeys.length > 0 && { ssh_authorized_keys: sshAuthorizedKeys }),
})

const file = ({ path, bytes, mode, owner }: PlannedFile, isText: (text: string) => boolean): Readonly<Record<string, unknown>> => ({
  path,
  ...contentOf(bytes, isText),
  permissions: mode,
  ...(owner !== 'root' && { owner }),
  // cloud-init writes files before it makes users: their files, and what lies in homes that are to be made, must wait.
  ...((!/^root(:root)?$/.test(owner) || path.startsWith('/home/')) && { defer: true }),
})

/** As text where people can read it, and where cloud-init then writes the very same bytes. */
const contentOf = (bytes: Uint8Array, isText: (text: string) => boolean): Readonly<Record<string, string>> => {
  const buffer = Buffer.from(bytes)
  const text = buffer.toString('utf8')
  if (isText(text) && Buffer.from(text).equals(buffer)) return { content: text }
  return { encoding: 'b64', content: buffer.toString('base64') }
}
