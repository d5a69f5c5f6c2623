import type { Schema, Scope } from '@kube-node/core/provider'
import { z } from 'zod'

/** The driver that makes nothing: it takes a host that runs already over SSH. */
export const generic = 'generic'

/** A machine that stands somewhere and can be claimed. */
export interface Host {
  readonly address: string
  readonly port: number
  readonly user: string
  /** As `ssh-keygen -lf` shows it: `SHA256:...`. Absent: the key of the first connection is kept, and asked for from then on. */
  readonly hostKey?: string | undefined
  readonly zone?: string | undefined
}

export type OptionValue = string | number | boolean | readonly string[]

/** `spec.config` of a NodeClass. */
export interface DockerMachineConfig {
  readonly driver: string
  readonly options: Readonly<Record<string, OptionValue>>
  readonly hosts: readonly Host[]
  readonly zone?: string | undefined
  readonly ssh: { readonly folder: string; readonly clean: readonly string[] }
}

const host = z.strictObject({
  address: z.string().min(1).describe('Name or IP address, as the controller reaches it.'),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().min(1).default('root').describe('Who logs in. Anybody but root needs sudo without a password.'),
  hostKey: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'a fingerprint as ssh-keygen -lf shows it: SHA256:...')
    .optional()
    .describe('Fingerprint of its host key. Absent: the one of the first connection is kept, and asked for from then on.'),
  zone: z.string().min(1).optional(),
})

// Unknown keys are errors: a typo must not make a different machine. The descriptions become documentation.
export const config: Schema<DockerMachineConfig> = z
  .strictObject({
    driver: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/)
      .describe('A driver of docker-machine: amazonec2, hetzner, generic, ... or any docker-machine-driver-NAME in PATH.'),
    options: z
      .record(
        z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'the name of an option without its dashes in front: amazonec2-region'),
        z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
      )
      .default({})
      .describe('Options of `create` without their dashes: {amazonec2-region: eu-central-1}. Those that are secret belong in the Secret.'),
    hosts: z.array(host).default([]).describe('For the driver generic: the hosts that can be claimed.'),
    zone: z.string().min(1).optional().describe('For the driver generic: only hosts of this zone.'),
    ssh: z
      .strictObject({
        folder: z
          .string()
          .startsWith('/')
          .default('/var/lib/kube-node')
          .describe('Where it is noted on a machine whose it is and which steps are done.'),
        clean: z
          .array(z.string())
          .default([])
          .describe(
            "For the driver generic: commands, run as root, that clean a host before it is given again. They come after kube-node's own.",
          ),
      })
      .prefault({}),
  })
  .superRefine(({ driver, hosts, options, zone }, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (driver !== generic && hosts.length > 0) refuse('hosts', `only the driver ${generic} takes hosts`)
    if (driver !== generic && zone !== undefined) refuse('zone', `only the driver ${generic} takes a zone: others have an option for it`)
    if (driver !== generic) return
    if (hosts.length === 0) refuse('hosts', `the driver ${generic} needs hosts that can be claimed`)
    const addresses = hosts.map(placeOf)
    const twice = addresses.find((address, i) => addresses.indexOf(address) !== i)
    if (twice !== undefined) refuse('hosts', `${twice} is there twice`)
    const dictated = ['generic-ip-address', 'generic-ssh-key', 'generic-ssh-port', 'generic-ssh-user'].find(name => name in options)
    if (dictated !== undefined) refuse('options', `${dictated} is taken from the host, and the key from the Secret`)
  })

/** How long core waits for a create. Milliseconds. */
export const createTimeoutMs = 900_000

/** What a host is known by: two classes that name it so speak of the same one. */
export const placeOf = ({ address, port }: Pick<Host, 'address' | 'port'>): string => `${address}:${port}`

/** The entry of the Secret that holds the key for the driver generic, as Secrets of type kubernetes.io/ssh-auth have it. */
export const sshKeyEntry = 'ssh-privatekey'

/**
 * The entries of the Secret that a NodeClass names: `ssh-privatekey`, and secret options of the driver by their names. An entry whose
 * name ends with `.file` is written to a file, and its path is the value.
 */
export const credentials: Schema<Readonly<Record<string, string>>> = z
  .record(z.string(), z.string().min(1))
  .refine(
    entries => Object.keys(entries).length > 0,
    `the Secret is empty: it needs ${sshKeyEntry}, or the driver's secret options by their names`,
  )

/** What a machine is called in words that stockouts are told in: options that most drivers have under such a name. */
export const scopeOf = ({ driver, options, zone }: DockerMachineConfig): Scope => {
  if (driver === generic) return { capacityType: poolCapacity, ...(zone !== undefined && { zone }) }
  const find = (words: RegExp): string | undefined => {
    const [, value] = Object.entries(options).find(([name]) => words.test(name)) ?? []
    return typeof value === 'string' ? value : undefined
  }
  const place = find(/-(availability-)?zone$|-location$|-region$/)
  return {
    instanceType: find(/-(instance-type|machine-type|server-type|flavor-name|size)$/) ?? driver,
    ...(place !== undefined && { zone: place }),
  }
}

/** The capacity type of hosts that are there already. */
export const poolCapacity = 'pool'
