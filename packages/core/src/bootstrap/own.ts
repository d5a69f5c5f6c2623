import { posix } from 'node:path'
import type { BootstrapFile } from '../api/index.ts'
import type { BootstrapInput, PlannedFile, PlannedUser } from './plan.types.ts'

/** What the user wants on the machine. */
export interface Own {
  readonly users: readonly PlannedUser[]
  readonly files: readonly PlannedFile[]
  readonly commands: readonly string[]
}

/** Says what is wrong, where. No content and no token ever gets into it. */
export type Complain = (field: string, message: string) => void

/** `spec.bootstrap` as the user wrote it, made ready: rendered, looked up, normalised. */
export const ownPart = (input: BootstrapInput, render: (template: string, field: string) => string, complain: Complain): Own => {
  const files = (input.spec.files ?? []).map((file, index) => plannedFile(file, `files[${index}]`, input.contents, render, complain))
  files.forEach((file, index) => {
    const first = files.findIndex(other => other.path === file.path)
    if (first < index) complain(`files[${index}].path`, `is ${file.path}, as that of files[${first}]: leave one of them out`)
  })
  const users = (input.spec.users ?? []).map((user, index) => {
    const keys = user.sshAuthorizedKeys ?? []
    keys.forEach((key, at) => {
      if (!oneLine.test(key)) complain(`users[${index}].sshAuthorizedKeys[${at}]`, 'must be one line, as in a .pub file')
    })
    return { name: user.name, sshAuthorizedKeys: keys, sudo: user.sudo ?? false }
  })
  const commands = (input.spec.commands ?? []).map((command, index) => {
    const text = render(command, `commands[${index}]`)
    if (text.includes('\0')) complain(`commands[${index}]`, 'has a NUL character in it, which no shell takes')
    return text
  })
  return { users, files, commands }
}

const oneLine = /^[^\0\r\n]+$/
const ownerPattern = /^[a-z_][-a-z0-9_.]*\$?(:[a-z_][-a-z0-9_.]*\$?)?$/
const nothing = new Uint8Array()

const plannedFile = (
  file: BootstrapFile,
  field: string,
  contents: BootstrapInput['contents'],
  render: (template: string, field: string) => string,
  complain: Complain,
): PlannedFile => {
  const path = posix.normalize(file.path)
  if (!path.startsWith('/') || path.endsWith('/') || !oneLine.test(path)) {
    complain(`${field}.path`, 'must be the absolute path of a file, on one line')
  }
  const owner = file.owner ?? 'root'
  if (!ownerPattern.test(owner)) complain(`${field}.owner`, 'must be the name of a user, or user:group')
  return { path, bytes: bytesOf(file, field, contents, render, complain), mode: modeOf(file), owner }
}

const bytesOf = (
  file: BootstrapFile,
  field: string,
  contents: BootstrapInput['contents'],
  render: (template: string, field: string) => string,
  complain: Complain,
): Uint8Array => {
  if (file.content !== undefined) return Buffer.from(render(file.content, `${field}.content`))
  const bytes = contents.get(file.path)
  if (bytes === undefined) complain(field, 'has no content: set one of content, secretRef and configMapRef')
  return bytes ?? nothing
}

/** What comes from a Secret is for its owner alone, unless somebody says otherwise. */
const modeOf = (file: BootstrapFile): string => (file.permissions ?? (file.secretRef ? '0600' : '0644')).padStart(4, '0').slice(-4)
