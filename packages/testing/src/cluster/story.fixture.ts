import { annotations, finalizers, labels, taints } from '@kube-node/core/api'
import { type Actor, actor } from './actors.fixture.ts'
import { type Guarded, administrator, told } from './guarded.fixture.ts'

/** One try at one object, and how it ends. */
export interface Story {
  readonly title: string
  readonly who: Actor
  /** The object as it stands before; without, there is none. Its status is written through the subresource. */
  readonly given?: Body
  readonly does: { readonly create: Body } | { readonly patch: Body; readonly on?: 'status' } | { readonly delete: true }
  /** `ok`, or the policy (one of those) that denies it and words of its. */
  readonly ends: 'ok' | { readonly policy: string | readonly string[]; readonly saying: RegExp }
  /** What a real cluster's NodeRestriction or RBAC denies already, in other words. */
  readonly elsewhere?: true
}

export interface Body {
  readonly kind?: 'Node' | 'NodeSet'
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
}

const paths = { Node: '/api/v1/nodes', NodeSet: '/apis/kube-node.dev/v1alpha1/nodesets' } as const
const versions = { Node: 'v1', NodeSet: 'kube-node.dev/v1alpha1' } as const

/** Plays it with an object of that name, and says how it ended. */
export const play = async (cluster: Guarded, { who, given, does }: Story, name: string): Promise<string> => {
  const ask = actor(cluster, who, name)
  const admin = administrator(cluster)
  const named = ({ kind = 'Node', metadata, ...rest }: Body): object => ({
    apiVersion: versions[kind],
    kind,
    metadata: { ...metadata, name },
    ...rest,
  })
  if (given) {
    const { status, ...rest } = given
    const path = paths[given.kind ?? 'Node']
    const made = await admin('POST', path, named(rest))
    const written = status === undefined ? made : await admin('PATCH', `${path}/${name}/status`, { status })
    for (const answer of [made, written]) if (told(answer) !== 'ok') return `not even given: ${told(answer)}`
  }
  if ('create' in does) return told(await ask('POST', paths[does.create.kind ?? 'Node'], named(does.create)))
  const path = `${paths[given?.kind ?? 'Node']}/${name}`
  if ('delete' in does) return told(await ask('DELETE', path))
  const { kind: _kind, ...patch } = does.patch
  return told(await ask('PATCH', does.on === undefined ? path : `${path}/${does.on}`, patch))
}

/** Did a story end as it says? */
export const endedAsTold = ({ ends }: Story, answer: string): boolean =>
  ends === 'ok' ? answer === 'ok' : [ends.policy].flat().some(policy => answer.startsWith(`403 ${policy}: `)) && ends.saying.test(answer)

/** A claim of class small before anything was done with it. */
export const bare: Body = { metadata: { labels: { [labels.class]: 'small' } } }

const labelsOfBooting = { [labels.class]: 'small', [labels.revision]: 'a1' }

/** The same with its machine on the way. */
export const booting: Body = {
  metadata: {
    labels: labelsOfBooting,
    annotations: { [annotations.phase]: 'Booting', [annotations.machine]: '{}' },
    finalizers: [finalizers.machine],
  },
  spec: { taints: [{ key: taints.notUp, effect: 'NoExecute' }] },
}

const kubelet = { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.37.2' } }

/** The same with its kubelet. */
export const running: Body = {
  metadata: { ...booting.metadata, annotations: { [annotations.phase]: 'Running', [annotations.machine]: '{}' } },
  spec: { providerID: 'simulated:///a/1' },
  status: kubelet,
}

/** A Node that took claim u-1 over, under the name that its cloud gives it. */
export const tookOver: Body = {
  ...running,
  metadata: { ...running.metadata, labels: { ...labelsOfBooting, [labels.claim]: 'u-1' } },
}

/** A Node that is none of ours. */
export const plain: Body = { metadata: { labels: { tier: 'web' } }, spec: { providerID: 'other:///1' }, status: kubelet }

export const set: Body = { kind: 'NodeSet', spec: { nodeClassName: 'small', replicas: 0 } }

export const ownedBySet: Readonly<Record<string, unknown>> = {
  ownerReferences: [{ apiVersion: 'kube-node.dev/v1alpha1', kind: 'NodeSet', name: 'workers', uid: 'u-1', controller: true }],
}
