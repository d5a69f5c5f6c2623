import { createHash } from 'node:crypto'
import { type Secret, bootstrapGroup, conditionTime } from '../api/index.ts'
import type { Runtime } from '../runtime/index.ts'

/** Whose a token is: one attempt of one claim, or one recovery of it. */
export interface TokenOwner {
  /** UID of the Node that claims the machine. */
  readonly claim: string
  readonly nodeName: string
  /** From 1. */
  readonly attempt: number
  /** The number of the recovery that it was made for; undefined for the first join. */
  readonly recovery?: number
}

/** A bootstrap token, as its Secret holds it. Has a secret in it: never to be logged, nor put into an event or a Node. */
export interface BootstrapToken extends TokenOwner {
  /** The public half: 6 characters of a-z and 0-9. It names the Secret and the user `system:bootstrap:<id>`. */
  readonly id: string
  /** The other half: 16 such characters. */
  readonly secret: string
  /** The rendered bootstrap of the attempt: what a retry of its create must send again, to the last byte. */
  readonly document: Uint8Array
  /** Milliseconds since the epoch, whole seconds. The API server takes the token until then. */
  readonly expiresAt: number
  /** Somebody may join with it: one of a bootstrap without that is there for its document alone. */
  readonly admits: boolean
  /** SHA-256 (hex) of the one public key that the token was traded for: no other is approved. */
  readonly approvedKey?: string
  /** The `spec.controller` whose token it is; undefined for one that was made before tokens said so. */
  readonly controller?: string
  /** Somebody deletes it and a finalizer holds it: the API server takes it no longer. */
  readonly isDeleting: boolean
  /** Of the Secret, for conditional writes. */
  readonly uid: string
  readonly resourceVersion: string
}

export interface NewToken extends TokenOwner {
  readonly id: string
  readonly secret: string
  /** The `spec.controller` of the one that makes it. */
  readonly controller: string
  readonly document: Uint8Array
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /**
   * How the machine joins. By `none` nobody may join with it: it is there for the document. For `kubeadm` the cluster's public
   * information is signed with it, which kubeadm verifies.
   */
  readonly joins: 'kubelet' | 'kubeadm' | 'none'
}

/** Where Kubernetes looks for bootstrap tokens. */
export const tokenNamespace = 'kube-system'
/** On the Secrets of all tokens, to find them by. */
export const tokenLabel = 'kube-node.dev/bootstrap-token'

const annotationClaim = 'kube-node.dev/claim'
const annotationNode = 'kube-node.dev/node'
const annotationAttempt = 'kube-node.dev/attempt'
const annotationRecovery = 'kube-node.dev/recovery'
const annotationController = 'kube-node.dev/controller'
export const annotationApprovedKey = 'kube-node.dev/approved-key'

const type = 'bootstrap.kubernetes.io/token'
const idPattern = /^[a-z0-9]{6}$/
const secretPattern = /^[a-z0-9]{16}$/

export const tokenSecretName = (id: string): string => `bootstrap-token-${id}`

/** For the record of an attempt, before anything of the token exists: then nothing of it can be lost. */
export const newTokenId = (runtime: Pick<Runtime, 'uuid'>): string => alphanumeric(runtime.uuid(), 6)

/** 82 bits of the runtime's chance, which in production is the system's cryptographic one. */
export const newTokenSecret = (runtime: Pick<Runtime, 'uuid'>): string => alphanumeric(`${runtime.uuid()} ${runtime.uuid()}`, 16)

/** What a machine shows to the API server: `<id>.<secret>`. */
export const tokenText = ({ id, secret }: Pick<BootstrapToken, 'id' | 'secret'>): string => `${id}.${secret}`

/** A hash has 256 bits: that 36 is no power of 2 favours no character by more than 2^-170. */
const alphanumeric = (seed: string, length: number): string => {
  const number = BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`) % 36n ** BigInt(length)
  return number.toString(36).padStart(length, '0')
}

/**
 * No ownerReference: the garbage collector would take it in the middle of a foreground deletion. No finalizer: to lose a token
 * costs an attempt, and nothing else.
 */
export const secretOf = (token: NewToken): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    namespace: tokenNamespace,
    name: tokenSecretName(token.id),
    labels: { [tokenLabel]: '' },
    annotations: {
      [annotationClaim]: token.claim,
      [annotationNode]: token.nodeName,
      [annotationAttempt]: String(token.attempt),
      [annotationController]: token.controller,
      ...(token.recovery === undefined ? {} : { [annotationRecovery]: String(token.recovery) }),
    },
  },
  type,
  data: {
    'token-id': base64(token.id),
    'token-secret': base64(token.secret),
    expiration: expirationData(token.expiresAt),
    ...(token.joins === 'none' ? {} : { 'usage-bootstrap-authentication': base64('true') }),
    ...(token.joins === 'kubeadm' ? { 'usage-bootstrap-signing': base64('true') } : {}),
    'auth-extra-groups': base64(bootstrapGroup),
    description: base64(`kube-node: lets the machine of node ${token.nodeName}, attempt ${token.attempt}, join the cluster`),
    document: base64(token.document),
  },
})

export const expirationData = (expiresAt: number): string => base64(conditionTime(expiresAt))

/** Undefined for a Secret that is no token of ours, or from which somebody took a part without which it is none. */
export const tokenIn = (secret: Secret): BootstrapToken | undefined => {
  const { annotations = {}, deletionTimestamp, name, namespace, resourceVersion, uid } = secret.metadata ?? {}
  const [claim, nodeName, attempt] = [annotations[annotationClaim], annotations[annotationNode], Number(annotations[annotationAttempt])]
  const [id, half, document] = [textIn(secret, 'token-id'), textIn(secret, 'token-secret'), secret.data?.['document']]
  const recovery = annotations[annotationRecovery]
  const expiresAt = Date.parse(textIn(secret, 'expiration'))
  const isToken = secret.type === type && namespace === tokenNamespace && name === tokenSecretName(id)
  if (!isToken || uid === undefined || resourceVersion === undefined || !idPattern.test(id) || !secretPattern.test(half)) return undefined
  if (
    claim === undefined ||
    nodeName === undefined ||
    !isCount(attempt) ||
    !(recovery === undefined || isCount(Number(recovery))) ||
    document === undefined ||
    Number.isNaN(expiresAt)
  )
    return undefined
  const { [annotationApprovedKey]: approvedKey, [annotationController]: controller } = annotations
  return {
    id,
    secret: half,
    claim,
    nodeName,
    attempt,
    ...(recovery === undefined ? {} : { recovery: Number(recovery) }),
    document: Buffer.from(document, 'base64'),
    expiresAt,
    admits: textIn(secret, 'usage-bootstrap-authentication') === 'true',
    ...(approvedKey === undefined ? {} : { approvedKey }),
    ...(controller === undefined ? {} : { controller }),
    isDeleting: deletionTimestamp !== undefined,
    uid,
    resourceVersion,
  }
}

export const isOwnedBy = (token: TokenOwner, owner: TokenOwner): boolean =>
  token.claim === owner.claim && token.nodeName === owner.nodeName && token.attempt === owner.attempt && token.recovery === owner.recovery

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1

const base64 = (value: string | Uint8Array): string => Buffer.from(value).toString('base64')
const textIn = ({ data }: Secret, key: string): string => Buffer.from(data?.[key] ?? '', 'base64').toString('utf8')
