import { type Node, annotations } from '../api/index.ts'
import { isObject } from './isObject.ts'

/**
 * The record of a claim's machine: the value of the annotation `kube-node.dev/machine`. It is written before the first
 * call to the provider and is authoritative from then on: a machine is always found through it, never through today's
 * class. It holds no credentials, only the name of the Secret that has them.
 */
export interface MachineRecord {
  /** From 1. The idempotency token of a create is the Node's UID and this number. */
  readonly attempt: number
  /** `spec.controller` of the class when this attempt was decided; the machine carries it too. */
  readonly controller: string
  readonly provider: string
  /**
   * The account that the credentials opened when something was first sent for this attempt, where the provider can tell; from then on it
   * is bound to that account. Written before it is sent.
   */
  readonly account?: string
  /** The values of the provider's connection keys, and the Secret's name. */
  readonly connection: ConnectionReference
  /**
   * What the class said when this attempt was decided, and what its create sends unless something in it floats; dropped once the machine's
   * id is known.
   */
  readonly config?: Readonly<Record<string, unknown>>
  /**
   * `config` with what floats in it (the newest image, subnets by tag) replaced by what that meant when this attempt was first sent.
   * Written before it is sent, and what every create of this attempt sends. Absent: nothing floats. Dropped with `config`.
   */
  readonly pinned?: Readonly<Record<string, unknown>>
  /** Places that were out of stock when this attempt was decided: part of what its create sends. */
  readonly avoid?: readonly PlaceToAvoid[]
  /** What the claim's set lays over the class's config (a JSON merge patch): a later attempt needs it again. */
  readonly overlay?: Readonly<Record<string, unknown>>
  /**
   * The ControllerRevision that says what the machine is made of, by its name: the claim's set has it made as an earlier one was. Absent
   * where the class of today says it. A later attempt needs it again.
   */
  readonly revision?: string
  /** Where the claim's set wants its machine: a later attempt needs it again. */
  readonly zone?: string
  /**
   * The claim has no place under the limit of its class: it was born by a set into a class with a limit, or its adoption was refused.
   * Nothing is sent before it has one.
   */
  readonly waits?: true
  /** RFC 3339: when this attempt was decided. The provision timeout counts from it. */
  readonly startedAt?: string
  /** RFC 3339: when the machine was first seen to exist. The join timeout counts from it. */
  readonly createdAt?: string
  /** The providerID of a machine that ran before, and that this claim is to adopt; dropped once the machine carries our tags. */
  readonly adopts?: string
  readonly id?: string
  readonly providerID?: string
  /**
   * The public id (6 characters of a-z and 0-9) of this attempt's bootstrap token: the name of a Secret, and no secret itself.
   * Chosen when the attempt is decided; an attempt whose machine joins without a token has none. With `recovery`: of that recovery.
   */
  readonly token?: string
  /**
   * The newest try to let the machine in again, which had joined and whose kubelet has fallen silent. It lasts for as long as there is a
   * `token`, and is dropped when the kubelet is heard.
   */
  readonly recovery?: Recovery
  /** RFC 3339: when the deletion of the machine, which was in sight then, was decided. That it is missing afterwards is no loss. */
  readonly deletedAt?: string
  /** The machine is a group's: NodeSetController removes it there, once `deletedAt` says that its Node is drained. */
  readonly group?: GroupMembership
}

export interface Recovery {
  /** From 1; counts the tries since the kubelet was heard last. */
  readonly number: number
  /** RFC 3339. */
  readonly startedAt: string
}

export interface GroupMembership {
  /** The provider's id of the group. */
  readonly id: string
  /** UID of the NodeSet that drives it. */
  readonly set: string
}

/** As a provider's Scope; absent parts mean "whatever". */
export interface PlaceToAvoid {
  readonly zone?: string
  readonly instanceType?: string
  readonly capacityType?: string
}

/** What chooses an account and a place at a provider. */
export interface ConnectionReference {
  readonly config: Readonly<Record<string, unknown>>
  readonly secret?: { readonly namespace: string; readonly name: string }
}

/** What a create of this attempt sends, to the last byte. */
export const configToSend = ({ config, pinned }: MachineRecord): Readonly<Record<string, unknown>> => pinned ?? config ?? {}

/** The record could not be read: somebody else wrote the annotation. Nothing is created or deleted until it is mended. */
export interface BrokenRecord {
  readonly problem: string
}

export const formatRecord = (record: MachineRecord): string => JSON.stringify(record)

/** The record on a Node; undefined when there is none, a problem when it makes no sense. */
export const recordOf = (node: Node): MachineRecord | BrokenRecord | undefined => {
  const text = node.metadata?.annotations?.[annotations.machine]
  return text === undefined ? undefined : parseRecord(text)
}

export const isBroken = (record: MachineRecord | BrokenRecord | undefined): record is BrokenRecord =>
  record !== undefined && 'problem' in record

/** The record, where there is one that can be read. */
export const goodRecord = (node: Node): MachineRecord | undefined => {
  const record = recordOf(node)
  return isBroken(record) ? undefined : record
}

const parseRecord = (text: string): MachineRecord | BrokenRecord => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { problem: `annotation ${annotations.machine} is not JSON: ${String(error)}` }
  }
  if (!isObject(value)) return { problem: `annotation ${annotations.machine} is not an object` }
  const { attempt, controller, provider, connection, config, pinned, overlay, token, avoid, group, recovery } = value
  if (typeof attempt !== 'number' || !Number.isInteger(attempt) || attempt < 1) return { problem: 'attempt is not a whole number from 1' }
  if (typeof controller !== 'string') return { problem: 'controller is not a name' }
  if (typeof provider !== 'string') return { problem: 'provider is not a name' }
  if (!isObject(connection) || !isObject(connection['config'])) return { problem: 'connection has no config' }
  const secret = connection['secret']
  if (secret !== undefined && !(isObject(secret) && typeof secret['namespace'] === 'string' && typeof secret['name'] === 'string')) {
    return { problem: 'connection.secret has no namespace and name' }
  }
  if (config !== undefined && !isObject(config)) return { problem: 'config is not an object' }
  if (pinned !== undefined && !isObject(pinned)) return { problem: 'pinned is not an object' }
  if (overlay !== undefined && !isObject(overlay)) return { problem: 'overlay is not an object' }
  if (group !== undefined && !(isObject(group) && typeof group['id'] === 'string' && typeof group['set'] === 'string')) {
    return { problem: 'group has no id and set' }
  }
  if (recovery !== undefined && !isRecovery(recovery)) return { problem: 'recovery has no number and time' }
  // It names a Secret and an identity: half of one would make a request that nobody can tie to a claim.
  if (token !== undefined && !(typeof token === 'string' && tokenId.test(token))) return { problem: 'token is not the id of a token' }
  return {
    attempt,
    controller,
    provider,
    connection: {
      config: connection['config'],
      ...(secret === undefined ? {} : { secret: { namespace: String(secret['namespace']), name: String(secret['name']) } }),
    },
    ...(config === undefined ? {} : { config }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(overlay === undefined ? {} : { overlay }),
    ...(Array.isArray(avoid) ? { avoid: avoid.filter(isObject).map(place => texts(place, 'zone', 'instanceType', 'capacityType')) } : {}),
    ...(token === undefined ? {} : { token }),
    ...(recovery === undefined ? {} : { recovery: { number: recovery.number, startedAt: recovery.startedAt } }),
    ...(value['waits'] === true ? { waits: true as const } : {}),
    ...(group === undefined ? {} : { group: { id: String(group['id']), set: String(group['set']) } }),
    ...texts(value, 'account', 'revision', 'zone', 'startedAt', 'createdAt', 'adopts', 'id', 'providerID', 'deletedAt'),
  }
}

const isRecovery = (value: unknown): value is Recovery =>
  isObject(value) &&
  Number.isInteger(value['number']) &&
  Number(value['number']) >= 1 &&
  typeof value['startedAt'] === 'string' &&
  !Number.isNaN(Date.parse(value['startedAt']))

/** As kube-apiserver has it for the tokens that it accepts. */
const tokenId = /^[a-z0-9]{6}$/

const texts = <K extends string>(value: Readonly<Record<string, unknown>>, ...keys: readonly K[]): { readonly [P in K]?: string } => {
  const found: { [P in K]?: string } = {}
  for (const key of keys) {
    const text = value[key]
    if (typeof text === 'string') found[key] = text
  }
  return found
}
