import type { JoinPlan, PlannedFile, PlannedUser } from './plan.types.ts'
import { isPrintable, toYaml } from './yaml.ts'

export const cloudConfigType = 'text/cloud-config'

/** The plan in cloud-init's words, with the header that tells cloud-init so. */
export const cloudConfig = (plan: JoinPlan): string => `#cloud-config\n${toYaml(document(plan))}`

const document = (plan: JoinPlan): Readonly<Record<string, unknown>> => ({
  ...(plan.hostname !== undefined && {
    hostname: plan.hostname,
    preserve_hostname: false,
    // Else the part after the first dot is cut off.
    ...(plan.hostname.includes('.') && { prefer_fqdn_over_hostname: true }),
  }),
  // A list without `default` would take away the image's own user, and with it the keys that the cloud was told to let in.
  ...(plan.users.length > 0 && { users: ['default', ...plan.users.map(user)] }),
  ...(plan.files.length > 0 && { write_files: plan.files.map(file) }),
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

const file = ({ path, bytes, mode, owner }: PlannedFile): Readonly<Record<string, unknown>> => ({
  path,
  ...contentOf(bytes),
  permissions: mode,
  ...(owner !== 'root' && { owner }),
  // cloud-init writes files before it makes users: their files, and what lies in homes that are to be made, must wait.
  ...((!/^root(:root)?$/.test(owner) || path.startsWith('/home/')) && { defer: true }),
})

/** As text where people can read it, and where cloud-init then writes the very same bytes. */
const contentOf = (bytes: Uint8Array): Readonly<Record<string, string>> => {
  const buffer = Buffer.from(bytes)
  const text = buffer.toString('utf8')
  if (isPrintable(text) && Buffer.from(text).equals(buffer)) return { content: text }
  return { encoding: 'b64', content: buffer.toString('base64') }
}
