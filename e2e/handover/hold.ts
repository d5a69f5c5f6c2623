import { labels, annotations } from '@kube-node/core/api'
import type { CommandLine } from '../control-plane/index.ts'
import { printedAccount } from '../main-job/world.ts'

/** The writes of a handover in their order, and the sets whose handovers are held before one of them. */
export const stops = { takeOver: 'before-take-over', mark: 'before-mark', retire: 'before-retire', letGo: 'before-let-go' } as const

const name = 'hold.story.example'
const ofSet = (object: string, set: string): string => `${object}.metadata.?labels[?'${labels.nodeset}'].orValue('') == '${set}'`
const has = (object: string, what: 'labels' | 'annotations', key: string): string => `${object}.metadata.?${what}[?'${key}'].hasValue()`
const count = (object: string): string => `size(${object}.metadata.?finalizers.orValue([]))`
/** What is refused. A Node that is deleted has no new object. */
const held: Readonly<Record<keyof typeof stops, string>> = {
  takeOver: `request.operation == 'UPDATE' && ${ofSet('object', stops.takeOver)} && ${has('object', 'labels', labels.claim)}`,
  mark: `request.operation == 'UPDATE' && ${ofSet('object', stops.mark)} && ${has('object', 'annotations', annotations.handedOver)}`,
  retire: `request.operation == 'DELETE' && ${ofSet('oldObject', stops.retire)}`,
  letGo: `request.operation == 'UPDATE' && ${ofSet('object', stops.letGo)} && ${count('object')} < ${count('oldObject')}`,
}

export interface Held extends AsyncDisposable {
  /** Lets them go on, from soon on. */
  release(): Promise<void>
}

/** Holds them from soon on, by a policy that refuses our controller that write and nobody else anything. */
export const hold = async (kubectl: CommandLine): Promise<Held> => {
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE', 'DELETE'], resources: ['nodes'] }],
      },
      matchConditions: [{ name: 'controller', expression: `request.userInfo.username == '${printedAccount}'` }],
      validations: Object.entries(held).map(([what, expression]) => ({ expression: `!(${expression})`, message: `held: ${what}` })),
    },
  }
  const binding = { ...policy, kind: `${policy.kind}Binding`, spec: { policyName: name, validationActions: ['Deny'] } }
  const release = async (): Promise<void> => {
    await kubectl(`delete --ignore-not-found validatingadmissionpolicybinding/${name} validatingadmissionpolicy/${name}`)
  }
  await kubectl('create -f -', policy, binding)
  return { release, [Symbol.asyncDispose]: release }
}
